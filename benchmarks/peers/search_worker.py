"""A search that runs some trials when told, and says what came of them.

A line of JSON asks for ``trials``, or for a loss to ``reach``; the answer tells the
seconds, the best validation loss, and the resident memory.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
from search_space import build, network, rows


class Tuned:
    """A `keras_tuner.Tuner` that is asked for more and more trials."""

    tuner: Any
    arguments: tuple[tuple, dict]

    def __call__(self, trials: int) -> float:
        (x, y), options = self.arguments
        self.tuner.oracle.max_trials += trials
        self.tuner.search(x, y, verbose=0, **options)
        return best_of(self.tuner)


class Ours(Tuned):
    """`mlpkit.tuning.Tuner`."""

    def __init__(self, case: dict, folder: str, stopper: str | None = None) -> None:
        from mlpkit.tuning import Tuner

        self.arguments = arguments(case)
        self.tuner = Tuner(
            partial(build, case),
            objective="val_loss",
            max_trials=1,
            stopper=stopper,
            seed=case["seed"],
            keep=1,
            directory=folder,
            project_name="search",
        )
        self.tuner.oracle.max_trials = 0


class KerasTuner(Tuned):
    """`keras_tuner.RandomSearch`, trials by `Model.fit`."""

    def __init__(self, case: dict, folder: str) -> None:
        import keras_tuner

        keras.utils.set_random_seed(case["seed"])
        self.arguments = arguments(case)
        self.tuner = keras_tuner.RandomSearch(
            partial(build, case),
            objective="val_loss",
            max_trials=1,
            seed=case["seed"],
            directory=folder,
            project_name="search",
        )
        self.tuner.oracle.max_trials = 0


class Optuna:
    """Optuna's TPE and its median pruner, trials by `Model.fit`."""

    def __init__(self, case: dict, folder: str) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        keras.utils.set_random_seed(case["seed"])
        self.case = case
        self.arguments = arguments(case)
        self.study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=case["seed"]),
            pruner=optuna.pruners.MedianPruner(),
        )

    def __call__(self, trials: int) -> float:
        self.study.optimize(self._train, n_trials=trials)
        return float(self.study.best_value)

    def _train(self, trial) -> float:
        import optuna

        model = network(
            self.case,
            trial.suggest_int("depth", 1, 4),
            trial.suggest_categorical("width", [32, 64, 128, 256]),
            trial.suggest_float("learning_rate", 1e-4, 1e-2, log=True),
        )

        def tell(epoch: int, logs: dict) -> None:
            trial.report(logs["val_loss"], epoch)
            if trial.should_prune():
                raise optuna.TrialPruned

        (x, y), options = self.arguments
        told = keras.callbacks.LambdaCallback(on_epoch_end=tell)
        found = model.fit(x, y, callbacks=[told], verbose=0, **options)
        return min(found.history["val_loss"])


PEERS: dict[str, Callable] = {
    "mlpkit": Ours,
    "mlpkit asha": partial(Ours, stopper="asha"),
    "keras_tuner": KerasTuner,
    "optuna": Optuna,
}


def arguments(case: dict) -> tuple[tuple, dict]:
    """Rows, and the options of `fit`."""
    train, validation = rows(case)
    options = {"epochs": case["epochs"], "batch_size": case["batch_size"]}
    return train, {"validation_data": validation, **options}


def best_of(tuner) -> float:
    """The best score so far, infinite without any."""
    best = tuner.oracle.get_best_trials(1)
    return float(best[0].score) if best else float("inf")


def resident_mib() -> float:
    """Memory of this process."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def answer(search: Callable[[int], float], asked: dict) -> dict:
    """Run the trials; with ``reach``, one by one until the loss is reached."""
    started = time.perf_counter()
    done, step = 0, 1 if "reach" in asked else asked["trials"]
    best = float("inf")
    while done < asked["trials"] and best > asked.get("reach", float("-inf")):
        best = search(step)
        done += step
    seconds = time.perf_counter() - started
    told = {"trials": done, "seconds": seconds, "best": best}
    return {**told, "resident_mib": resident_mib()}


def main() -> None:
    out, sys.stdout = sys.stdout, sys.stderr
    peer, case = sys.argv[1], json.loads(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        search = PEERS[peer](case, folder)
        for line in sys.stdin:
            print(json.dumps(answer(search, json.loads(line))), file=out, flush=True)


if __name__ == "__main__":
    main()

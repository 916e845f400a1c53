import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import keras
import keras_tuner
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training import engine
from mlpkit.tuning import Tuner, journal, state_file

pytestmark = pytest.mark.slow

X = np.random.default_rng(1).normal(size=(40, 2)).astype(np.float32)
Y = (X @ [[1.0], [-2.0]]).astype(np.float32)
FIT = {"epochs": 3, "batch_size": 20, "validation_data": (X, Y)}


def build(hp):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    rate = hp.Float("rate", 1e-3, 1e-1, sampling="log")
    model.compile(keras.optimizers.SGD(rate), "mse")
    return model


def tuner(folder, hypermodel=build, **given):
    return Tuner(hypermodel, directory=folder, project_name="any", **given)


def test_ten_trials_of_one_architecture_compile_once(tmp_path):
    found = tuner(tmp_path, max_trials=10)
    engine.clear()  # what other tests have compiled
    before = engine.compilations()
    found.search(X, Y, **FIT)
    assert engine.compilations() - before == 1
    assert isinstance(found, keras_tuner.Tuner)
    records = journal.read(found.folder)
    assert [r.status for r in records] == ["completed"] * 10
    assert len({r.seed for r in records}) == 10
    assert [r.epochs for r in records] == [3] * 10


@pytest.mark.filterwarnings("ignore:Keras' own loop trains this model")
def test_trials_train_on_a_dataset(tmp_path):
    rows = tf.data.Dataset.from_tensor_slices((X, Y)).batch(20)
    found = tuner(tmp_path, max_trials=2)
    found.search(rows, epochs=2, validation_data=(X, Y))
    assert [r.status for r in journal.read(found.folder)] == ["completed"] * 2


class Silent(keras_tuner.HyperModel):
    """Trains its models itself."""

    def build(self, hp):
        return build(hp)

    def fit(self, hp, model, *args, **kwargs):
        assert kwargs["verbose"] == 0
        return model.fit(*args, **kwargs)


def test_a_hypermodel_that_trains_itself_is_as_silent_as_it_is_asked_to_be(tmp_path):
    found = tuner(tmp_path, Silent(), max_trials=1)
    found.search(X, Y, **FIT, verbose=0)
    assert [r.status for r in journal.read(found.folder)] == ["completed"]


def test_best_models_have_the_weights_of_their_best_epoch(tmp_path):
    found = tuner(tmp_path, max_trials=4, keep=2)
    found.search(X, Y, **FIT)
    best = found.get_best_models(2)
    losses = [m.evaluate(X, Y, verbose=0) for m in best]
    scores = [t.score for t in found.oracle.get_best_trials(2)]
    np.testing.assert_allclose(losses, scores, rtol=1e-5)
    assert len(list(found.folder.glob("trial_*/weights.npz"))) == 2
    with pytest.raises(UsageError, match="only those of the 2 best trials"):
        found.get_best_models(3)
    again = tuner(tmp_path, max_trials=4)  # from the folder alone
    assert again.get_best_hyperparameters()[0].values == best_values(found)


def best_values(found):
    return found.get_best_hyperparameters()[0].values


def test_replay_gives_the_same_bits(tmp_path):
    found = tuner(tmp_path, max_trials=2, stopper="asha")
    found.search(X, Y, **FIT)
    record = journal.read(found.folder)[1]
    again = found.replay(record.trial, X, Y, **FIT)
    assert again.curves == record.curves
    journal.write(found.folder, replace(record, status="running"))
    with pytest.raises(UsageError, match="'1' must have ended to be trained again"):
        found.replay(record.trial, X, Y, **FIT)
    for path in (found.folder / f"trial_{record.trial}").glob("record.json*"):
        path.write_text("spoiled")
    with pytest.raises(UsageError, match="must be a trial '1' and its record"):
        found.replay(record.trial, X, Y, **FIT)


def test_oracles_of_keras_tuner_are_made_durable(tmp_path):
    oracle = keras_tuner.oracles.RandomSearchOracle("val_loss", max_trials=2, seed=1)
    found = tuner(tmp_path, oracle=oracle)
    found.search(X, Y, **FIT, verbose=0)
    assert (found.folder / "oracle.json.before").exists()
    assert isinstance(found.oracle, keras_tuner.oracles.RandomSearchOracle)


def test_failing_trial_is_recorded_and_the_search_goes_on(tmp_path):
    def sometimes(hp):
        if hp.Int("n", 0, 2) == 1:
            msg = "no such\nnetwork"
            raise RuntimeError(msg)
        return build(keras_tuner.HyperParameters())

    space = keras_tuner.HyperParameters()
    space.Int("n", 0, 2)
    found = Tuner(
        _Declared(sometimes, space), oracle="grid", directory=tmp_path,
        project_name="any", hyperparameters=space,
    )  # fmt: skip
    found.search(X, Y, **FIT)
    records = journal.read(found.folder)
    assert [r.status for r in records] == ["completed", "failed", "completed"]
    assert records[1].message == "RuntimeError: no such"
    assert "in sometimes" in records[1].traceback


class _Declared(keras_tuner.HyperModel):
    """Is not asked for its space by building it."""

    def __init__(self, build, space):
        super().__init__()
        self._of, self._space = build, space

    def build(self, hp):
        if hp.values == self._space.values:  # KerasTuner explores
            return build(keras_tuner.HyperParameters())
        return self._of(hp)


def test_wrong_arguments_end_the_search_before_it_begins(tmp_path):
    found = tuner(tmp_path, max_trials=3)
    with pytest.raises(UsageError, match=r"'validation_splits' .*'validation_split'"):
        found.search(X, Y, validation_splits=0.2)
    with pytest.raises(UsageError, match="objective must be a metric|monitor"):
        found.search(X, Y, epochs=1)  # no validation, and the objective is of one
    with pytest.raises(UsageError, match="did you mean 'loss'"):
        tuner(tmp_path / "other", objective="val_los", max_trials=3)
    named = keras_tuner.Objective("val_los", "min")
    found = tuner(tmp_path / "other", objective=named, max_trials=3)
    with pytest.raises(UsageError, match="did you mean 'val_loss'"):
        found.search(X, Y, **FIT)


def test_space_must_not_be_empty(tmp_path):
    def fixed(hp):
        return build(keras_tuner.HyperParameters())

    with pytest.raises(UsageError, match="at least one hyperparameter"):
        tuner(tmp_path, fixed)


def test_folder_of_another_search_is_refused(tmp_path):
    tuner(tmp_path)

    def other(hp):
        hp.Int("layers", 1, 2)
        return build(hp)

    with pytest.raises(UsageError, match="'layers' was not there, is Int") as error:
        tuner(tmp_path, other, seed=2)
    assert "seed was 1, is 2" in str(error.value)


def test_time_of_the_search_ends_it(tmp_path):
    found = tuner(tmp_path, max_trials=1000, time_limit=0.5)
    found.search(X, Y, **FIT)
    assert len(journal.read(found.folder)) < 1000
    spent = found.oracle.budget.spent
    assert spent >= 0.5
    again = tuner(tmp_path, max_trials=1000, time_limit=0.5)
    assert again.oracle.budget.spent == pytest.approx(spent)
    again.search(X, Y, **FIT)  # nothing is left
    assert len(journal.read(found.folder)) == len(journal.read(again.folder))


def test_trial_time_ends_a_trial(tmp_path):
    found = tuner(tmp_path, max_trials=1, trial_time=1e-6)
    found.search(X, Y, **FIT)
    (record,) = journal.read(found.folder)
    assert (record.status, record.message) == ("stopped", "its time was over")
    assert record.epochs == 1


def test_hyperband_goes_on_to_the_same_bits(tmp_path):
    found = tuner(
        tmp_path,
        oracle=_hyperband(),
    )
    found.search(X, Y, **FIT)
    records = {r.trial: r for r in journal.read(found.folder)}
    trials = found.oracle.trials.values()
    promoted = next(t for t in trials if "tuner/trial_id" in t.hyperparameters.values)
    record = records[promoted.trial_id]
    past = records[promoted.hyperparameters.values["tuner/trial_id"]]
    assert record.epochs > past.epochs
    assert record.curves["loss"][: past.epochs] == past.curves["loss"]
    again = found.replay(record.trial, X, Y, **FIT)  # all at once, from the start
    assert again.curves == record.curves


def _hyperband():
    from mlpkit.tuning import HyperbandOracle

    return HyperbandOracle(objective="val_loss", max_epochs=4, max_trials=6, seed=1)


def test_executions_are_averaged(tmp_path):
    found = tuner(tmp_path, max_trials=1, executions_per_trial=2)
    found.search(X, Y, **FIT)
    (record,) = journal.read(found.folder)
    first = found.replay(record.trial, X, Y, **FIT)
    assert record.score != first.score


def test_hypermodel_with_a_fit_of_its_own(tmp_path):
    class Own(keras_tuner.HyperModel):
        def build(self, hp):
            return build(hp)

        def fit(self, hp, model, x, y, callbacks):
            assert callbacks == []
            return {"val_loss": hp.get("rate")}

    found = tuner(tmp_path, Own(), max_trials=2)
    found.search(X, Y)
    scores = [r.score for r in journal.read(found.folder)]
    assert scores == [r.values["rate"] for r in journal.read(found.folder)]


SCRIPT = """
import sys, time
import numpy as np, keras
sys.path.insert(0, {tests!r})
from test_tuner import tuner, X, Y, FIT

class Slow(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("epoch", epoch, flush=True)
        time.sleep({pause})

found = tuner({folder!r}, max_trials=3)
options = {{**FIT, "epochs": 6, "checkpoint_seconds": 1e-9}}
found.search(X, Y, **options, callbacks=[Slow()])
"""


def test_killed_search_goes_on_to_the_same_bits(tmp_path):
    def script(folder, pause):
        tests = str(Path(__file__).parent)
        return SCRIPT.format(tests=tests, folder=str(tmp_path / folder), pause=pause)

    process = subprocess.Popen(
        [sys.executable, "-c", script("killed", 0.2)], stdout=subprocess.PIPE, text=True
    )
    seen = 0
    while seen < 4:  # in the middle of the first trial
        seen += process.stdout.readline().startswith("epoch")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert list((tmp_path / "killed").glob("any/trial_0/*.checkpoint"))
    exec(script("killed", 0), {})
    exec(script("whole", 0), {})
    killed, whole = (journal.read(tmp_path / n / "any") for n in ("killed", "whole"))
    assert [(r.values, r.curves) for r in killed] == [
        (r.values, r.curves) for r in whole
    ]


class Killed(BaseException):
    pass


def test_kill_before_any_writing_loses_nothing(tmp_path, monkeypatch):
    whole = tuner(tmp_path / "whole", max_trials=2)
    whole.search(X, Y, **FIT)
    wanted = [(r.values, r.curves, r.status) for r in journal.read(whole.folder)]
    put, written = state_file._put, []

    def dies(at):
        def write(*args, **kwargs):
            written.append(args)
            if len(written) > at:
                raise Killed
            put(*args, **kwargs)

        return write

    for at in range(30):
        folder = tmp_path / str(at)
        monkeypatch.setattr(state_file, "_put", dies(at))
        written.clear()
        try:
            tuner(folder, max_trials=2).search(X, Y, **FIT)
        except Killed:
            killed = True
        else:
            killed = False
        monkeypatch.setattr(state_file, "_put", put)
        found = tuner(folder, max_trials=2)
        found.search(X, Y, **FIT)
        records = journal.read(found.folder)
        assert [(r.values, r.curves, r.status) for r in records] == wanted, at
        if not killed:
            break
    assert 10 < at < 29


def test_two_searches_in_one_folder_are_refused(tmp_path):
    found = tuner(tmp_path, max_trials=1)
    other = tuner(tmp_path, max_trials=1)

    class Second(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            with pytest.raises(UsageError, match="another search is running"):
                other.search(X, Y, **FIT)

    found.search(X, Y, **FIT, callbacks=[Second()])
    assert journal.read(found.folder)[0].status == "completed"


def test_checkpoint_of_another_training_is_left_out(tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tuner(tmp_path, max_trials=1).search(
            X, Y, **FIT, callbacks=[Interrupt()], checkpoint_seconds=1e-9
        )
    said = []
    found = tuner(tmp_path, max_trials=1, report=said.append)
    assert list(found.folder.glob("trial_0/*.checkpoint"))
    found.search(X, Y + 1, **FIT)  # other rows
    assert "It is left out, and the trial starts anew" in said[0]
    assert [r.epochs for r in journal.read(found.folder)] == [3]
    assert not list(found.folder.glob("trial_0/*.checkpoint"))


def test_one_failure_after_the_other_ends_it(tmp_path):
    def broken(hp):
        model = build(hp)
        if hp.values and len(list(tmp_path.glob("any/trial_*"))):
            msg = "no"
            raise RuntimeError(msg)
        return model

    found = tuner(tmp_path, broken, max_trials=30)
    with pytest.raises(UsageError, match="the last 10 trials all failed: RuntimeError"):
        found.search(X, Y, **FIT)
    assert {r.status for r in journal.read(found.folder)} == {"failed"}
    assert found.get_best_models() == []


def test_ctrl_c_ends_it_and_it_goes_on(tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    found = tuner(tmp_path, max_trials=2)
    with pytest.raises(KeyboardInterrupt):
        found.search(X, Y, **FIT, callbacks=[Interrupt()])
    assert [r.status for r in journal.read(found.folder)] == ["running"]
    found = tuner(tmp_path, max_trials=2)
    found.search(X, Y, **FIT)
    whole = tuner(tmp_path / "whole", max_trials=2)
    whole.search(X, Y, **FIT)
    curves = [[r.curves for r in journal.read(t.folder)] for t in (found, whole)]
    assert curves[0] == curves[1]


def test_waits_for_nothing(tmp_path):
    found = tuner(tmp_path, max_trials=1)
    found.search(X, Y, **FIT)
    started = time.monotonic()
    found.search(X, Y, **FIT)  # all is done
    assert time.monotonic() - started < 2


def test_results_are_written_at_the_end_and_at_an_interruption(tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if self.params["epochs"] == 4 and epoch == 1:
                raise KeyboardInterrupt

    found = tuner(tmp_path, max_trials=2)
    lines = []
    found._report = lines.append
    with pytest.raises(KeyboardInterrupt):
        found.search(X, Y, **{**FIT, "epochs": 4}, callbacks=[Interrupt()])
    names = {"report.html", "results.parquet", "trials.csv", "tensorboard"}
    assert names <= {path.name for path in found.folder.iterdir()}
    assert lines == []
    found.search(X, Y, **FIT, callbacks=[Interrupt()], verbose=1)
    assert (found.folder / "trials.csv").read_text().count("completed") == 2
    assert lines == []  # the table tells it

"""How the networks of a job train: one, several side by side, or with shared weights.

| ensemble | network      | members of `fit`                             | held out   |
|----------|--------------|----------------------------------------------|------------|
| none     | plain        | none                                         |            |
| folds    | side by side | every fold of train and validation rows once | those rows |
| seeds    | side by side | m times the training and the validation rows |            |
| tabm     | shared       | none                                         |            |
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from mlpkit.config import Config, EnsembleConfig
from mlpkit.errors import UsageError
from mlpkit.factory import averaged
from mlpkit.factory.members import mean_history, monitor_of
from mlpkit.preprocessing import BLOCK_ROWS
from mlpkit.runs.folds import folds
from mlpkit.runs.prepared import Prepared

_ONE_DEVICE = ("none", "one_device")


@dataclass(frozen=True)
class HeldOut:
    """Rows that were answered by a network that has not seen them.

    Attributes:
        rows: Numbers in ``Prepared.table``, sorted.
        folds: Which member answered each of them, ``(rows,)``.
        output: Of that network, float32 ``(rows, units)``.
    """

    rows: np.ndarray
    folds: np.ndarray
    output: np.ndarray


@dataclass(frozen=True)
class Plan:
    """What `fit` is given.

    Attributes:
        prepared: The job's data.
        ensemble: `[ensemble]`.
        parts: Of each member that trains side by side, the rows that train and those
            that validate, as numbers in ``prepared.table``; empty for one network.
    """

    prepared: Prepared
    ensemble: EnsembleConfig
    parts: tuple[tuple[np.ndarray, np.ndarray], ...] = ()

    @classmethod
    def of(cls, prepared: Prepared, ensemble: EnsembleConfig) -> "Plan":
        """Return the plan of an ensemble.

        Raises:
            UsageError: There are no validation rows to choose a seed's best epoch by.
            DataError: There are fewer rows than folds.
        """
        split, count = prepared.split, ensemble.count
        if ensemble.name == "seeds":
            if not len(split.validation):
                msg = "ensemble 'seeds': the best epochs are chosen on validation rows,"
                raise UsageError(f"{msg} there are none; set split.validation_fraction")
            return cls(prepared, ensemble, ((split.train, split.validation),) * count)
        if ensemble.name != "folds":
            return cls(prepared, ensemble)
        rows = not_for_testing(prepared)
        by_class = prepared.target.task not in {"regression", "multilabel"}
        held = folds(
            rows,
            count,
            classes=prepared.y[rows] if by_class else None,
            seed=prepared.config.seed,
        )
        parts = tuple((np.setdiff1d(rows, fold), fold) for fold in held)
        return cls(prepared, ensemble, parts)

    @property
    def notes(self) -> list[str]:
        """What the user should know."""
        name, count = self.ensemble.name, self.ensemble.count
        told = {
            "folds": f"{count} networks, trained on {self.rows} rows each, validated "
            "on a fold of the others; 'validation' is out of fold",
            "seeds": f"{count} networks of different seeds",
            "tabm": f"{count} members with shared weights",
        }
        return [f"ensemble: {told[name]}"] if name in told else []

    @property
    def rows(self) -> int:
        """How many rows an epoch has."""
        if self.parts:
            return min(len(trained) for trained, _ in self.parts)
        return self.prepared.rows["train"]

    @property
    def validates(self) -> bool:
        """Whether rows tell the best epoch."""
        return bool(self.parts) or len(self.prepared.split.validation) > 0

    @property
    def network(self) -> dict[str, int]:
        """Arguments of `build_model`."""
        if self.parts:
            return {"members": len(self.parts)}
        return {"tabm": self.ensemble.count} if self.ensemble.name == "tabm" else {}

    def monitor(self, name: str) -> str:
        """Return what stands for a single network's monitored value."""
        if not self.network:
            return name
        return monitor_of(name, side_by_side=bool(self.parts))

    def sample(self, count: int) -> np.ndarray:
        """Return up to so many training rows, as the network takes them."""
        x = self.prepared.x
        seed = self.prepared.config.seed
        if not self.parts:
            return x[some_of(self.prepared.split.train, count, seed)]
        count = min(count, self.rows)
        return np.stack([x[some_of(rows, count, seed)] for rows, _ in self.parts])

    def data(self, batch_size: int) -> dict[str, Any]:
        """Return the rows as arguments of `fit`."""
        prepared = self.prepared
        if not self.parts:
            held = prepared.split.validation
            validation = prepared.batch(held) if len(held) else None
            return {**prepared.training(batch_size), "validation_data": validation}
        rows = not_for_testing(prepared)
        x, y, *weight = prepared.batch(rows)
        members = [
            (np.searchsorted(rows, trained), np.searchsorted(rows, held))
            for trained, held in self.parts
        ]
        return {
            "x": x,
            "y": y,
            "sample_weight": weight[0] if weight else None,
            "batch_size": batch_size,
            "members": members,
        }

    def finish(
        self, network: keras.Model, history: keras.callbacks.History
    ) -> tuple[keras.Model, HeldOut | None]:
        """Return one network of all members, and what they answer to held-out rows.

        The history gets the names of a single network.
        """
        if not self.network:
            return network, None
        held = self._held_out(network) if self.ensemble.name == "folds" else None
        if self.parts:
            history.history = mean_history(history.history)
        return averaged(network), held

    def _held_out(self, network: keras.Model) -> HeldOut:
        x, held = self.prepared.x, [fold for _, fold in self.parts]
        longest = max(map(len, held))
        index = np.stack([np.resize(fold, longest) for fold in held])
        size = max(1, BLOCK_ROWS // len(held))
        blocks = [
            np.asarray(network(x[index[:, i : i + size]], training=False), np.float32)
            for i in range(0, longest, size)
        ]
        output = np.concatenate(blocks, axis=1)
        rows = np.concatenate(held)
        order = np.argsort(rows)
        answered = [each[: len(fold)] for each, fold in zip(output, held, strict=True)]
        number = np.repeat(np.arange(len(held)), [len(fold) for fold in held])
        return HeldOut(rows[order], number[order], np.concatenate(answered)[order])


def some_of(rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return up to so many of the rows, by chance: files are often sorted."""
    if len(rows) <= count:
        return rows
    generator = np.random.default_rng([seed, 2])
    return np.sort(generator.choice(rows, count, replace=False))


def not_for_testing(prepared: Prepared) -> np.ndarray:
    """Return the rows of training and validation, sorted."""
    return np.union1d(prepared.split.train, prepared.split.validation)


def check_ensemble(config: Config, *, streamed: bool) -> None:
    """Raise a `UsageError` where an ensemble cannot train as the job asks."""
    name, strategy = config.ensemble.name, config.training.strategy
    if name == "none":
        return
    if strategy not in _ONE_DEVICE:
        msg = f"ensemble '{name}': trains on one device, got training.strategy = "
        raise UsageError(f"{msg}'{strategy}'; leave the strategy out")
    if streamed and name != "tabm":
        msg = f"ensemble '{name}': needs its rows in memory, and they are streamed; "
        raise UsageError(f"{msg}set data.stream = false, or take ensemble = 'tabm'")

"""A search as it might be: conditional values, every status, curves."""

import numpy as np
import pytest

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, Parameter

PARAMETERS = [
    Parameter("depth", "int", 1, 4),
    Parameter("learning_rate", "log", 1e-4, 1e-2),
    Parameter("activation", "choice", choices=("relu", "gelu", "<b>")),
    Parameter("dropout", "float", 0.0, 0.5),
]


def search(count=30, seed=0):
    """Trials whose loss is that of the learning rate and, if there is one, dropout."""
    generator = np.random.default_rng(seed)
    records = []
    for number in range(1, count + 1):
        values = {
            "depth": int(generator.integers(1, 5)),
            "learning_rate": float(10 ** generator.uniform(-4, -2)),
            "activation": ("relu", "gelu", "<b>")[generator.integers(3)],
        }
        if values["depth"] > 1:
            values["dropout"] = float(generator.uniform(0, 0.5))
        loss = 0.2 + (np.log10(values["learning_rate"]) + 3) ** 2
        loss += 0.2 * values.get("dropout", 0.0)
        status = {5: "stopped", 6: "failed", 7: "invalid", 8: "running"}.get(
            number % 10, "completed"
        )
        epochs = {"stopped": 4, "failed": 0, "invalid": 2}.get(status, 12)
        loss = float(loss)
        curve = [loss + 1 / (epoch + 1) for epoch in range(epochs - 1)]
        curve += [loss] if epochs else []
        if status == "invalid":
            curve[-1] = float("nan")
        scored = status in {"completed", "stopped"}
        records.append(
            TrialRecord(
                trial=f"{number:04d}",
                number=number,
                status=status,
                values=values,
                seed=1000 + number,
                score=loss if scored else None,
                metrics={"val_loss": loss, "val_accuracy": 1 - loss} if scored else {},
                best_epoch=epochs - 1 if scored else None,
                curves={"loss": curve, "val_loss": curve} if epochs else {},
                started=2.0 * number,
                seconds=1.5,
                message="out of <memory>" if status == "failed" else "",
                traceback="Traceback …\n<Error>" if status == "failed" else "",
            )
        )
    return records


@pytest.fixture
def parameters():
    return list(PARAMETERS)


@pytest.fixture
def objective():
    return Objective("val_loss")


@pytest.fixture
def records():
    return search()


@pytest.fixture
def make_search():
    return search

"""When training stops, and how its rate changes after an epoch."""

from collections.abc import Mapping
from typing import Any

import keras

from mlpkit.estimators.callbacks import Adaptive, InverseScaling, StopWhenFlat
from mlpkit.runs.members import Plan

_PATIENCE = 10  # scikit-learn's, where nothing else is said
_TOL = 1e-4


def stopping(
    plan: Plan, params: Mapping[str, Any]
) -> tuple[list[keras.callbacks.Callback], int | None]:
    """Return scikit-learn's rules as callbacks, and the patience of the loop itself.

    Args:
        plan: Of the job.
        params: The estimator's.
    """
    training = plan.prepared.config.training
    validated = plan.validates
    patience = params["n_iter_no_change"] or (training.patience if validated else None)
    flat: dict[str, Any] = {
        "monitor": plan.monitor("val_loss") if validated else "loss",
        "tol": _TOL if params["tol"] is None else params["tol"],
        "patience": patience or _PATIENCE,
    }
    callbacks: list[keras.callbacks.Callback] = []
    if params["learning_rate"] == "invscaling":
        power = 0.5 if params["power_t"] is None else params["power_t"]
        rate = training.learning_rate
        callbacks.append(InverseScaling(rate, power=power, rows=plan.rows))
    if params["learning_rate"] == "adaptive":
        return [*callbacks, Adaptive(**flat)], None
    if patience and (not validated or params["tol"] is not None):
        return [*callbacks, StopWhenFlat(**flat)], None
    return callbacks, patience  # the loop stops, by any lower validation loss

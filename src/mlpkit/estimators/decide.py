"""From a trained network to its answers: temperature, thresholds, bounds."""

from dataclasses import replace

import keras

from mlpkit.runs import Prepared
from mlpkit.runs.decision import Decision
from mlpkit.runs.members import HeldOut
from mlpkit.runs.settle import Settled, settle

VALIDATION = "set early_stopping=True, or ensemble='folds'"
"""How an estimator gets the rows on which they are chosen."""


def decided(
    prepared: Prepared,
    model: keras.Model,
    held: HeldOut | None,
    before: Decision | None,
) -> Settled:
    """Return what `settle` finds; bounds hold what was learned from earlier, too.

    Args:
        prepared: The rows of this fit.
        model: Trained.
        held: Of folds.
        before: Of the network that this one went on from, or None.
    """
    settled = settle(prepared, model, held)
    if before is None or not (before.bounds and settled.decision.bounds):
        return settled
    pairs = zip(before.bounds, settled.decision.bounds, strict=True)
    bounds = tuple((min(a[0], b[0]), max(a[1], b[1])) for a, b in pairs)
    return replace(settled, decision=replace(settled.decision, bounds=bounds))

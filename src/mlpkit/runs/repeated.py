"""Rows on which a network is judged although it has learned from their like."""

from collections.abc import Iterable

import numpy as np

from mlpkit.runs.members import Plan, not_for_testing
from mlpkit.runs.prepared import Prepared


def repeated_rows(plan: Plan) -> list[str]:
    """Return a note on held-back rows that equal a training row in all features.

    Equal is what the network takes: unknown categories, say, are one. Rows are compared
    by hashes of 64 bits. Nothing is told of training rows that are streamed.
    """
    prepared = plan.prepared
    if prepared.stream is not None:
        return []
    split = prepared.split
    if plan.ensemble.name == "folds":
        pairs = {
            "validation": list(plan.parts),
            "test": [(not_for_testing(prepared), split.test)],
        }
    else:
        pairs = {
            "validation": [(split.train, split.validation)],
            "test": [(split.train, split.test)],
        }
    told = []
    for part, each in pairs.items():
        rows = sum(len(held) for _, held in each)
        count = sum(_known(prepared, trained, held) for trained, held in each)
        if count:
            told.append(f"{count} of {rows} {part} rows")
    if not told:
        return []
    note = "equal a training row in every feature: their metrics may be too good"
    return [f"{' and '.join(told)} {note}"]


def _known(prepared: Prepared, trained: np.ndarray, held: np.ndarray) -> int:
    seen = set(_hashes(prepared.x, held)) & set(_hashes(prepared.x, trained))
    return sum(number in seen for number in _hashes(prepared.x, held)) if seen else 0


def _hashes(x: np.ndarray, rows: np.ndarray) -> Iterable[int]:
    return (hash((x[row] + 0.0).tobytes()) for row in rows)  # -0.0 is 0.0

"""A trained network's answers, and how good they are."""

from typing import Any

import keras
import numpy as np

from mlpkit.runs.answers import Answers
from mlpkit.runs.members import HeldOut
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.settle import settle


def settled_answers(
    prepared: Prepared, model: keras.Model, held: HeldOut | None = None
) -> tuple[Answers, dict[str, Any]]:
    """Return the answers of a trained network, and what settling them brought."""
    settled = settle(prepared, model, held)
    answers = Answers(
        prepared.encoder, model, prepared.target, prepared.scaling, settled.decision
    )
    return answers, settled.figures()


def measure(
    prepared: Prepared, answers: Answers, held: HeldOut | None = None
) -> dict[str, dict[str, float]]:
    """Return the metrics on validation and test rows, in the table's units.

    With ``held`` the validation rows are those, each answered by the member that has
    not seen it.
    """
    found = {}
    for part, rows in prepared.split.parts().items():
        if part == "validation" and held is not None:
            scores = answers.scores_in(answers.of_output(held.output))
            found[part] = _measured(prepared, answers, held.rows, scores)
        elif part != "train" and len(rows):
            scores = answers.scores(prepared.table.take(rows))
            found[part] = _measured(prepared, answers, rows, scores)
    return found


def _measured(
    prepared: Prepared, answers: Answers, rows: np.ndarray, scores: np.ndarray
) -> dict[str, float]:
    weight = prepared.weight_in_metrics(rows)
    return answers.decision.evaluate(prepared.target, prepared.y[rows], scores, weight)

"""A trained network's answers, and how good they are."""

from typing import Any

import keras

from mlpkit.runs.answers import Answers
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.settle import settle


def settled_answers(
    prepared: Prepared, model: keras.Model
) -> tuple[Answers, dict[str, Any]]:
    """Return the answers of a trained network, and what settling them brought."""
    settled = settle(prepared, model)
    answers = Answers(
        prepared.encoder, model, prepared.target, prepared.scaling, settled.decision
    )
    return answers, settled.figures()


def measure(prepared: Prepared, answers: Answers) -> dict[str, dict[str, float]]:
    """Return the metrics on validation and test rows, in the table's units."""
    found = {}
    for part, rows in prepared.split.parts().items():
        if part == "train" or not len(rows):
            continue
        found[part] = answers.decision.evaluate(
            prepared.target,
            prepared.y[rows],
            answers.scores(prepared.table.take(rows)),
            prepared.weight_in_metrics(rows),
        )
    return found

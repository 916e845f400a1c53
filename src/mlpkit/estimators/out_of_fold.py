"""Answers to the rows of ``fit`` by members that have not seen them."""

import numpy as np
import pyarrow as pa

from mlpkit.estimators.network import Network
from mlpkit.runs.members import HeldOut


def out_of_fold(
    network: Network, held: HeldOut, index: np.ndarray, table: pa.Table
) -> np.ndarray:
    """Return answers in the order of X, as `Network.scores` gives them.

    Rows of weight 0 are in no fold: no member has seen them, all of them answer.

    Args:
        network: Fitted.
        held: What the members answered.
        index: Row of X for each row that was trained on.
        table: X.
    """
    answered = network.of_output(held.output)
    places = index[held.rows]
    found = np.empty((table.num_rows, answered.shape[1]))
    found[places] = answered
    others = np.setdiff1d(np.arange(table.num_rows), places)
    if len(others):
        found[others] = network.scores(network.as_trained(table.take(others)))
    return found

"""A training that goes on where another one was ended on purpose."""

import json
from pathlib import Path

import numpy as np

from mlpkit.training.checkpoint import epochs_done, load_checkpoint, save_checkpoint


def continue_from(past: Path, path: Path) -> bool:
    """Write the state that another training was left in as one that goes on.

    Weights, optimizer and with it the place in the schedule, generators and counters
    are those of its last epoch.

    Args:
        past: Checkpoint of a training of the same network, seed and length.
        path: Where the new one looks for it.

    Returns:
        Whether there was one.
    """
    if epochs_done(past) is None:  # or none that can be gone on with
        return False
    with np.load(past, allow_pickle=False) as file:
        identity = json.loads(str(file["state"]))["dict"]["identity"]
    state = load_checkpoint(past, identity)
    if state is None:
        return False
    state["stop_training"] = False
    for callback in state["callbacks"]:
        callback.pop("reason", None)  # of `Watch`
    save_checkpoint(path, state)
    return True

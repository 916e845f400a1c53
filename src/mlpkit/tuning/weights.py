"""The weights of the best trials, on disk."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mlpkit.tuning.aside import aside
from mlpkit.tuning.journal import trial_folder

_FILE = "weights.npz"


def save_weights(folder: Path, trial: str, model: keras.Model) -> None:
    """Write a model's weights to its trial's folder, whole or not at all.

    Raises:
        OutputError: The file cannot be written.
    """
    path = weights_path(folder, trial)
    arrays = [np.asarray(w) for w in model.get_weights()]
    told = json.dumps(model.get_build_config(), default=str)
    named = {f"w{i}": a for i, a in enumerate(arrays)}
    with aside(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, build=np.array(told), **named)


def load_weights(folder: Path, trial: str, model: keras.Model) -> None:
    """Give a model of the same architecture the weights of a trial."""
    with np.load(weights_path(folder, trial), allow_pickle=False) as file:
        if not model.built:
            model.build_from_config(json.loads(str(file["build"])))
        model.set_weights([file[f"w{i}"] for i in range(len(file.files) - 1)])


def keep_only(folder: Path, trials: Iterable[str]) -> None:
    """Remove the weights of all trials but these."""
    kept = {weights_path(folder, trial) for trial in trials}
    for path in folder.glob(f"trial_*/{_FILE}"):
        if path not in kept:
            path.unlink(missing_ok=True)


def weights_path(folder: Path, trial: str) -> Path:
    """Return where the weights of a trial are, if they are kept."""
    return trial_folder(folder, trial) / _FILE


def has_weights(folder: Path, trial: Any) -> bool:
    """Tell whether the weights of a trial are kept."""
    return weights_path(folder, trial).exists()

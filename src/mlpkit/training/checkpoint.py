"""The whole state of a training in one file that is whole or absent."""

import copy
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mlpkit.errors import OutputError, UsageError

_FORMAT = 2
# Keras turns the sign of min_delta at the first comparison of every process
_SETTINGS = {"params", "_model", "min_delta"}
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def save_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write a state: nested dicts and lists of numbers, texts and arrays.

    It is written aside, synced and renamed: a kill at any moment leaves the state
    before or this one.

    Raises:
        OutputError: The file cannot be written.
    """
    arrays: list[np.ndarray] = []
    text = json.dumps(_packed({"format": _FORMAT, **state}, arrays))
    aside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            named = {f"a{i}": a for i, a in enumerate(arrays)}
            np.savez(file, allow_pickle=False, state=np.array(text), **named)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        msg = f"{path}: the checkpoint must be writable, got: {error.strerror or error}"
        raise OutputError(msg) from None


def load_checkpoint(path: Path, identity: str) -> dict[str, Any] | None:
    """Return the state in a file, or None if there is no file.

    Raises:
        UsageError: The file is no checkpoint, of another version of mlpkit, or one of
            another training.
    """
    if not path.exists():
        return None
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            state = _unpacked(json.loads(str(file["state"])), lambda i: file[f"a{i}"])
    except _UNREADABLE as error:
        msg = f"{path}: must be a checkpoint of mlpkit, cannot be read ({error})"
        raise UsageError(msg) from None
    if state.get("format") != _FORMAT:
        msg = (
            f"{path}: must be a checkpoint of this version of mlpkit, it is of another"
        )
        raise UsageError(f"{msg} one; remove it, and the training starts anew")
    if state.get("identity") != identity:
        msg = (
            f"{path}: must be the checkpoint of this training, it is of other data, "
            "another network or other settings (rates and jit_compile count, too); "
            "give what it was begun with, or name another file"
        )
        raise UsageError(msg)
    return state


def epochs_done(path: Path) -> int | None:
    """Return how many epochs a checkpoint has behind it; None without a readable one.

    Whether it is of a certain training only `load_checkpoint` tells.
    """
    return _number(path, "epoch")


def likely_steps(path: Path) -> int | None:
    """Return the steps that a checkpoint's training was likely to take at its start.

    They chose how its graph is run: with more epochs it goes on in the same way.
    """
    return _number(path, "likely_steps")


def _number(path: Path, name: str) -> int | None:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            state = json.loads(str(file["state"]))["dict"]
            return int(state[name]) if state["format"] == _FORMAT else None
    except _UNREADABLE:
        return None


def callback_states(callbacks: list[Any]) -> list[dict[str, Any]]:
    """Return a copy of the plain values among the callbacks' attributes."""
    return [
        {
            name: copy.deepcopy(value)
            for name, value in vars(callback).items()
            if name not in _SETTINGS and _is_plain(value)
        }
        for callback in callbacks
    ]


def changed(
    states: list[dict[str, Any]], before: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what callbacks have counted, and not what they were told to do."""
    return [
        {k: v for k, v in now.items() if k not in then or repr(then[k]) != repr(v)}
        for now, then in zip(states, before, strict=True)
    ]


def restore_callbacks(callbacks: list[Any], states: list[dict[str, Any]]) -> None:
    """Give callbacks what they had counted.

    Raises:
        UsageError: They are others than those.
    """
    if len(callbacks) != len(states):
        msg = "checkpoint: the training must go on with the callbacks that it had"
        raise UsageError(f"{msg}, they were {len(states)}, got {len(callbacks)}")
    for callback, state in zip(callbacks, states, strict=True):
        vars(callback).update(state)


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_plain(v) for k, v in value.items())
    if isinstance(value, list | tuple):
        return all(_is_plain(v) for v in value)
    return value is None or isinstance(
        value, str | bool | int | float | np.ndarray | np.generic
    )


def _packed(value: Any, arrays: list[np.ndarray]) -> Any:
    """As JSON, arrays by number; a tuple stays one."""
    if isinstance(value, dict):
        return {"dict": {k: _packed(v, arrays) for k, v in value.items()}}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_packed(v, arrays) for v in value]}
    if isinstance(value, np.ndarray | np.generic) or keras.ops.is_tensor(value):
        array = np.asarray(value)
        arrays.append(array.view(np.uint16) if array.dtype.kind == "V" else array)
        return {"array": len(arrays) - 1, "dtype": array.dtype.name}
    return value


def _unpacked(value: Any, array: Callable[[int], np.ndarray]) -> Any:
    if not isinstance(value, dict):
        return value
    if "array" in value:
        found = array(value["array"])
        if found.dtype.name != value["dtype"]:
            found = found.view(np.dtype(value["dtype"]))
        return found if found.ndim else found[()]
    if "dict" in value:
        return {k: _unpacked(v, array) for k, v in value["dict"].items()}
    kind = list if "list" in value else tuple
    return kind(_unpacked(v, array) for v in next(iter(value.values())))

"""Small JSON files that are whole: the last writing, or the one before it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlpkit.tuning.aside import aside


def write_state(path: Path, value: Any) -> None:
    """Write a value aside, sync and rename it; the last one stays as ``.before``.

    Raises:
        OutputError: The file cannot be written.
    """
    text = json.dumps(value, default=_plain)
    whole = json.dumps({"digest": _digest(text), "state": text})
    _put(path, whole, keep=True)


def write_text(path: Path, text: str) -> None:
    """Write a text aside, sync and rename it.

    Raises:
        OutputError: The file cannot be written.
    """
    _put(path, text)


def _put(path: Path, text: str, *, keep: bool = False) -> None:
    with aside(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
        if keep and path.exists():
            path.replace(_before(path))


def read_state(path: Path, report: Callable[[str], None] = lambda _: None) -> Any:
    """Return the last whole value of a file, or None if there is none.

    Args:
        path: As written.
        report: Called when the file is spoiled and an older one is used.
    """
    found = _read(path)
    if found is not None:
        return found
    before = _read(_before(path))
    if path.exists():
        used = "it is left out" if before is None else "the one before it is used"
        report(f"{path}: the file is spoiled, {used}")
    return before


def _read(path: Path) -> Any:
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        text = whole["state"]
        return json.loads(text) if _digest(text) == whole["digest"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _before(path: Path) -> Path:
    return path.with_name(f"{path.name}.before")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    # numbers of NumPy, as Keras' logs have them
    return value.tolist()

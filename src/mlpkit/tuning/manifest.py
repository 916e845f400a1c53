"""What a search's folder is of: it goes on with that, and with nothing else."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlpkit.errors import UsageError
from mlpkit.tuning.state_file import read_state, write_state

FORMAT = 1
_FILE = "search.json"
_APART = {"kind", "name", "conditions"}


def describe(space: Any, **settings: Any) -> dict[str, Any]:
    """Return what makes a search that search.

    Args:
        space: KerasTuner's hyperparameters.
        **settings: What else counts, as JSON takes it.
    """
    dimensions = [{"kind": type(hp).__name__, **hp.get_config()} for hp in space.space]
    told = {"format": FORMAT, "space": dimensions, **settings}
    return json.loads(json.dumps(told))  # lists for tuples, as the file will have them


def stopper_told(stopper: Any) -> str | None:
    """Return what a stopper is, as JSON takes it."""
    if stopper is None:
        return None
    told = ", ".join(f"{k}={v!r}" for k, v in sorted(vars(stopper).items()))
    return f"{type(stopper).__name__}({told})"


def read_manifest(
    folder: Path, report: Callable[[str], None] = lambda _: None
) -> dict[str, Any] | None:
    """Return what a folder is of; None where it holds no search."""
    return read_state(folder / _FILE, report)


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write what the folder is of."""
    write_state(folder / _FILE, dict(manifest))


def check_manifest(
    folder: Path, before: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    """Check that a folder is of this search.

    Raises:
        UsageError: It is of another one; the message says what differs.
    """
    found = []
    for name in dict.fromkeys((*before, *now)):
        if name == "space":
            found += _of_the_space(before.get("space", []), now["space"])
        elif before.get(name) != now.get(name):
            found.append(f"{name} was {before.get(name)!r}, is {now.get(name)!r}")
    if found:
        lines = "\n".join(f"  {line}" for line in found)
        msg = f"{folder}: must be the folder of this search, it is of another one:"
        raise UsageError(
            f"{msg}\n{lines}\ngive what it was begun with, or another folder"
        )


def _of_the_space(before: list[dict], now: list[dict]) -> list[str]:
    old, new = ({_key(hp): _text(hp) for hp in space} for space in (before, now))
    lines = []
    for key in dict.fromkeys((*old, *new)):
        was, is_ = old.get(key, "not there"), new.get(key, "not there")
        if was != is_:
            lines.append(f"space '{key[0]}' was {was}, is {is_}")
    return lines


def _key(hp: Mapping[str, Any]) -> tuple[str, str]:
    return hp["name"], repr(hp.get("conditions") or [])


def _text(hp: Mapping[str, Any]) -> str:
    inner = ", ".join(f"{k}={v!r}" for k, v in hp.items() if k not in _APART)
    return f"{hp['kind']}({inner})"

"""The records of a search's trials, on disk: ``trial_<id>/record.json`` each."""

from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.state_file import read_state, write_state

_KNOWN = {field.name for field in fields(TrialRecord)}


def write(folder: Path, record: TrialRecord) -> None:
    """Write a trial's record.

    Raises:
        OutputError: The folder cannot be written.
    """
    write_state(trial_folder(folder, record.trial) / "record.json", asdict(record))


def read(
    folder: str | Path, report: Callable[[str], None] = lambda _: None
) -> list[TrialRecord]:
    """Return the records of all trials in a search's folder, by their number.

    Args:
        folder: Of the search.
        report: Called with each file that cannot be read.
    """
    found = []
    for path in Path(folder).glob("trial_*"):
        values = read_state(path / "record.json", report)
        if values is not None:
            found.append(_record(values))
    return sorted(found, key=lambda record: record.number)


def read_one(folder: Path, trial: str) -> TrialRecord | None:
    """Return a trial's record; None where there is none yet."""
    values = read_state(trial_folder(folder, trial) / "record.json")
    return None if values is None else _record(values)


def trial_folder(folder: Path, trial: str) -> Path:
    """Return the folder of a trial."""
    return Path(folder) / f"trial_{trial}"


def _record(values: dict[str, Any]) -> TrialRecord:
    return TrialRecord(**{name: v for name, v in values.items() if name in _KNOWN})

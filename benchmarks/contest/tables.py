"""The tables of the comparison: what is asked of them, and what they were used for."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from contest.packaged import FEW_ROWS, PACKAGED, packaged_frame

# kept apart: no default was chosen by looking at them
_GIVEN = {
    *("ames", "bikeshare", "heart_disease", "hr_status", "iris", "satellite", "spam"),
    *("titanic", "wine", "yeast"),
}
HELD_APART = frozenset(_GIVEN) | frozenset(PACKAGED)


@dataclass(frozen=True)
class Table:
    """Features and a target, rows without a target left out.

    Attributes:
        name: Its key here.
        task: "regression", "binary", "multiclass" or "multilabel".
        features: float64 columns with NaN, and categories of text.
        target: float64 ``(rows,)``, class codes ``(rows,)`` or 0/1 ``(rows, labels)``.
        classes: Classes or labels; 1 for regression.
        rows_found: Rows before the limit.
    """

    name: str
    task: str
    features: pd.DataFrame
    target: np.ndarray
    classes: int
    rows_found: int

    @property
    def held_apart(self) -> bool:
        return self.name in HELD_APART


def names(folder: Path) -> list[str]:
    """All tables, the smaller ones first."""
    rows = {s["name"]: s["rows"] for s in _sets(folder)}
    rows |= {name: source.rows for name, source in PACKAGED.items()}
    return sorted(rows, key=lambda name: (rows[name], name))


def load(name: str, folder: Path, most_rows: int) -> Table:
    """Read a table; of more rows than the limit, a random part stands for it."""
    shipped = {**PACKAGED, **FEW_ROWS}
    if name in shipped:
        source = shipped[name]
        frame = packaged_frame(source)
        target, task, categorical = [source.target], source.task, None
    else:
        source = next(s for s in _sets(folder) if s["name"] == name)
        frame = pd.read_parquet(folder / source["file"])
        target, task, categorical = source["target"], source["task"], source
        target = [target] if isinstance(target, str) else list(target)
    return make(name, task, frame, target, categorical, most_rows)


def make(name, task, frame, target, source=None, most_rows=None) -> Table:
    """A frame as a table of numbers, categories and codes."""
    frame = frame.dropna(subset=target).reset_index(drop=True)
    found = len(frame)
    if most_rows and found > most_rows:
        kept = np.random.default_rng(0).permutation(found)[:most_rows]
        frame = frame.iloc[np.sort(kept)].reset_index(drop=True)
    features = frame.drop(columns=target)
    named = None if source is None else set(source["categorical"])
    columns = {}
    for column, values in features.items():
        text = not pd.api.types.is_numeric_dtype(values)
        if column in named if named is not None else text:
            texts = values.astype("object").where(values.notna(), None)
            texts = texts.map(str, na_action="ignore")
            columns[_plain(column)] = texts.astype("category")
        else:
            columns[_plain(column)] = values.astype("float64")
    y, classes = _target(task, frame[target])
    return Table(name, task, pd.DataFrame(columns), y, classes, found)


def _target(task: str, frame: pd.DataFrame) -> tuple[np.ndarray, int]:
    if task == "regression":
        return frame.iloc[:, 0].to_numpy("float64"), 1
    if task == "multilabel":
        return frame.to_numpy().astype("int64"), frame.shape[1]
    codes, classes = pd.factorize(frame.iloc[:, 0], sort=True)
    return codes.astype("int64"), len(classes)


def _plain(name: str) -> str:
    """LightGBM refuses JSON's signs in names."""
    return "".join(c if c.isalnum() else "_" for c in str(name))


def _sets(folder: Path) -> list[dict]:
    path = folder / "sets.json"
    return json.loads(path.read_text())["sets"] if path.exists() else []

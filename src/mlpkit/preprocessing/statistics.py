"""What was learned from the training rows, as plain readable JSON."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal

RawType = Literal["float", "integer", "text"]


@dataclass(frozen=True)
class NumericStatistics:
    """A numeric column is encoded as ``clip((x - center) * scale)``.

    Attributes:
        name: Column.
        raw: ``"float"`` or ``"integer"``, the type in which rows arrive.
        center: Median; it also stands in for missing values.
        scale: 1 / interquartile range; 2 / range where that is 0; 0 if constant.
        missing: Whether training rows lacked a value: then an indicator is encoded.
    """

    kind: ClassVar[str] = "numeric"
    name: str
    raw: RawType
    center: float
    scale: float
    missing: bool


@dataclass(frozen=True)
class BooleanStatistics:
    """A boolean column is encoded as +1 or -1, and 0 where it is missing."""

    kind: ClassVar[str] = "boolean"
    name: str
    missing: bool
    raw: RawType = "integer"


@dataclass(frozen=True)
class CategoricalStatistics:
    """A categorical column is looked up: slot 0 unseen, 1 missing, 2… vocabulary.

    Attributes:
        name: Column.
        raw: ``"text"`` or ``"integer"``, the type in which rows arrive.
        vocabulary: Known values, the most frequent first.
        unseen: Whether training rows used the slot of unseen values.
        missing: Whether training rows lacked a value.
        embedded: Encoded as its slot number, for an embedding, instead of one-hot.
    """

    kind: ClassVar[str] = "categorical"
    name: str
    raw: RawType
    vocabulary: tuple[Any, ...]
    unseen: bool
    missing: bool
    embedded: bool

    @property
    def slots(self) -> int:
        """Number of slots, those for unseen and missing values included."""
        return len(self.vocabulary) + 2


@dataclass(frozen=True)
class DatetimeStatistics:
    """A date is encoded as scaled days, and as sine and cosine of its cycles.

    Attributes:
        name: Column.
        center: Median, in days since 1970-01-01.
        scale: Per day, by the same rule as numeric columns.
        clock: Whether training rows differ in their time of day.
        missing: Whether training rows lacked a value.
    """

    kind: ClassVar[str] = "datetime"
    name: str
    center: float
    scale: float
    clock: bool
    missing: bool
    raw: RawType = "text"


ColumnStatistics = (
    NumericStatistics | BooleanStatistics | CategoricalStatistics | DatetimeStatistics
)
_BY_KIND: dict[str, Any] = {
    cls.kind: cls
    for cls in (
        NumericStatistics,
        BooleanStatistics,
        CategoricalStatistics,
        DatetimeStatistics,
    )
}


@dataclass(frozen=True)
class Statistics:
    """The statistics of every encoded column, learned from the training rows.

    Attributes:
        columns: In the table's order.
        missing_values: Texts that mean missing.
        rows: Training rows that were seen.
        notes: What was repaired or left out, in words.
    """

    columns: tuple[ColumnStatistics, ...]
    missing_values: tuple[str, ...]
    rows: int
    notes: tuple[str, ...] = ()

    def of_kind(self, cls: type) -> Iterator[Any]:
        """Yield the columns of one class, in order."""
        return (c for c in self.columns if isinstance(c, cls))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the raw columns that the encoder takes."""
        return tuple(column.name for column in self.columns)

    @property
    def text_categories(self) -> tuple[str, ...]:
        """Names of the categorical columns whose categories are texts."""
        found = self.of_kind(CategoricalStatistics)
        return tuple(column.name for column in found if column.raw == "text")

    def to_json(self) -> str:
        """Return readable JSON, one column per line."""
        columns = [{"kind": c.kind, **asdict(c)} for c in self.columns]
        lines = ",\n".join(f"    {json.dumps(c, ensure_ascii=False)}" for c in columns)
        rest = {f.name: getattr(self, f.name) for f in fields(self)[1:]}
        head = json.dumps(rest, indent=2, ensure_ascii=False)[:-2]
        return f'{head},\n  "columns": [\n{lines}\n  ]\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> "Statistics":
        """Return what `to_json` wrote."""
        values = json.loads(text)
        columns = tuple(_column(c) for c in values.pop("columns"))
        return cls(columns, **{k: _frozen(v) for k, v in values.items()})


def _column(values: dict[str, Any]) -> ColumnStatistics:
    return _BY_KIND[values.pop("kind")](**{k: _frozen(v) for k, v in values.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value

"""What a search was over."""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from mlpkit.errors import UsageError
from mlpkit.tuning.records import TrialRecord

Kind = Literal["int", "float", "log", "choice"]
_WIDE = 100.0  # numbers that span less were hardly drawn by their logarithms
_NUMBERS: tuple[Kind, ...] = ("log", "float")


@dataclass(frozen=True)
class Parameter:
    """A hyperparameter and where its values come from.

    Attributes:
        name: As in ``TrialRecord.values``.
        kind: ``log``: a number drawn by its logarithm; ``choice``: one of ``choices``.
        low: Least number; as seen in the trials if left.
        high: Largest number; as seen in the trials if left.
        choices: Of a ``choice``; as seen in the trials if left.

    Raises:
        UsageError: Another kind, or a range that is empty or, of ``log``, not > 0.

    >>> round(Parameter("learning_rate", "log", 1e-4, 1e-2).position(1e-3), 6)
    0.5
    """

    name: str
    kind: Kind
    low: float = math.inf
    high: float = -math.inf
    choices: tuple[Any, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            msg = f"parameter '{self.name}': kind must be one of "
            raise UsageError(f"{msg}{', '.join(get_args(Kind))}, got {self.kind!r}")
        left = self.low == math.inf and self.high == -math.inf
        if self.low > self.high and not left:
            msg = f"parameter '{self.name}': low must be <= high, got "
            raise UsageError(f"{msg}{self.low} and {self.high}")
        if self.kind == "log" and self.low <= 0:
            msg = f"parameter '{self.name}': low must be > 0 for kind 'log', got "
            raise UsageError(f"{msg}{self.low}")

    def position(self, value: Any) -> float:
        """Return where a value lies between the least, 0, and the largest, 1."""
        if self.kind == "choice":
            place = [label(choice) for choice in self.choices].index(label(value))
            return place / max(1, len(self.choices) - 1)
        if self.high <= self.low:
            return 0.5
        if self.kind == "log":
            span = math.log(self.high) - math.log(self.low)
            return (math.log(value) - math.log(self.low)) / span
        return (float(value) - self.low) / (self.high - self.low)


def label(value: Any) -> str:
    """Return a value as it is shown, numbers with at most four digits after rounding.

    >>> label(0.00123456), label(64), label(True), label((64, 32)), label(None)
    ('0.001235', '64', 'True', '64 32', 'None')
    """
    value = plain(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return " ".join(map(label, value))
    return str(value)


def plain(value: Any) -> Any:
    """Return NumPy's numbers as Python's, anything else as it is."""
    return value.item() if hasattr(value, "item") and not _shaped(value) else value


def _shaped(value: Any) -> bool:
    return bool(getattr(value, "shape", ()))


def covering(
    parameters: Iterable[Parameter], records: Sequence[TrialRecord]
) -> list[Parameter]:
    """Return the parameters with ranges and choices that hold all values of the trials.

    Values under a name that no parameter has get one, made from what was seen, after
    the others: a ``build(hp)`` may come upon new ones at any trial. KerasTuner's own
    notes among the values, such as ``tuner/epochs``, are no hyperparameters.

    Args:
        parameters: Of the space, in its order.
        records: Trials.
    """
    known = {parameter.name: parameter for parameter in parameters}
    for record in records:
        for name in record.values:
            if name not in known and not name.startswith("tuner/"):
                known[name] = _guessed(name, _seen(name, records))
    return [_widened(p, _seen(name, records)) for name, p in known.items()]


def _seen(name: str, records: Sequence[TrialRecord]) -> list[Any]:
    return [plain(r.values[name]) for r in records if name in r.values]


def _is_number(value: Any) -> bool:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    return known and math.isfinite(value)


def _guessed(name: str, values: list[Any]) -> Parameter:
    if not all(map(_is_number, values)):
        return Parameter(name, "choice")
    if all(isinstance(value, int) for value in values):
        return Parameter(name, "int")
    low, high = min(values), max(values)
    if low <= 0 or high / low < _WIDE:
        return Parameter(name, "float")
    middle = statistics.median(values)
    off = {
        kind: abs(Parameter(name, kind, low, high).position(middle) - 0.5)
        for kind in _NUMBERS
    }
    return Parameter(name, "log" if off["log"] < off["float"] else "float")


def _widened(parameter: Parameter, values: list[Any]) -> Parameter:
    if parameter.kind == "choice" or not all(map(_is_number, values)):
        known = {label(value): value for value in parameter.choices}
        for value in values:
            known.setdefault(label(value), value)
        return Parameter(parameter.name, "choice", choices=tuple(known.values()))
    low, high = min([parameter.low, *values]), max([parameter.high, *values])
    kind: Kind = "float" if parameter.kind == "log" and low <= 0 else parameter.kind
    return replace(parameter, low=low, high=high, kind=kind)

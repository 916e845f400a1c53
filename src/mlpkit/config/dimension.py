"""How one setting may vary in a search."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_serializer, model_validator

from mlpkit.config.section import Section

_KINDS = ("int", "float", "log", "choice", "bool")
_FORMS = (
    "{ int = [1, 4] }, { float = [0.0, 0.5] }, { log = [1e-4, 1e-2] }, "
    "{ choice = [32, 64] } or [32, 64], or 'bool'"
)
_SECTIONS = ("model.", "training.")
_BESIDE = {"when", "step", "sampling"}


class Dimension(Section):
    """A range or a list of values, and when it counts.

    Attributes:
        kind: What is proposed.
        low: Least value of a range.
        high: Greatest value of a range.
        step: Between its values; None: all of them.
        log: Whether each order of magnitude is equally likely.
        values: Of a choice, in their order if they have one.
        when: Other dimension → its values for which this one counts; all of them.
    """

    kind: Literal["int", "float", "choice"]
    low: int | float | None = None
    high: int | float | None = None
    step: int | float | None = Field(None, gt=0)
    log: bool = False
    values: tuple[Any, ...] = ()
    when: dict[str, tuple[Any, ...]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _from_its_forms(cls, value: Any) -> Any:
        if isinstance(value, Dimension) or (
            isinstance(value, dict) and "kind" in value
        ):
            return value
        if isinstance(value, list | tuple):
            return {"kind": "choice", "values": tuple(value)}
        if value == "bool":
            return {"kind": "choice", "values": (False, True)}
        if not (isinstance(value, dict) and is_dimension(value)):
            msg = f"must be one of {_FORMS}, got {value!r}"
            raise ValueError(msg)
        return _read(value)

    @model_validator(mode="after")
    def _holds_values(self) -> "Dimension":
        if self.kind == "choice":
            if not self.values:
                msg = "choice must list at least one value, got none"
                raise ValueError(msg)
            if len({repr(v) for v in self.values}) < len(self.values):
                msg = f"choice must list each value once, got {list(self.values)}"
                raise ValueError(msg)
            return self
        low, high = self.low, self.high
        if low is None or high is None or low > high or (self.log and low <= 0):
            rule = "0 < low <= high" if self.log else "low <= high"
            msg = f"must be [low, high] with {rule}, got {[low, high]}"
            raise ValueError(msg)
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        # as it is written, which is not as it is held
        return {
            "title": "Dimension",
            "description": _FORMS,
            "type": ["object", "array", "string"],
        }

    @model_serializer
    def _as_written(self) -> dict[str, Any]:
        if self.kind == "choice":
            found: dict[str, Any] = {"choice": list(self.values)}
        elif self.kind == "float" and self.log and self.step is None:
            found = {"log": [self.low, self.high]}
        else:
            found = {self.kind: [self.low, self.high]}
            found |= {"sampling": "log"} if self.log else {}
            found |= {} if self.step is None else {"step": self.step}
        when = {name: list(values) for name, values in self.when.items()}
        return found | ({"when": when} if when else {})

    def takes(self, value: Any) -> bool:
        """Tell whether a value can be proposed."""
        if self.kind == "choice":
            return any(value == v and type(value) is type(v) for v in self.values)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and bool(self.low <= value <= self.high)


def plain_name(name: str) -> str:
    """Return a setting's name without its table: ``model.dropout`` → ``dropout``."""
    section = next((s for s in _SECTIONS if name.startswith(s)), "")
    return name.removeprefix(section)


def is_dimension(value: Any) -> bool:
    """Tell a dimension from a table of dimensions."""
    return not isinstance(value, Mapping) or any(k in value for k in (*_KINDS, "kind"))


def _read(value: Mapping[str, Any]) -> dict[str, Any]:
    given = [kind for kind in _KINDS if kind in value]
    extra = sorted(set(value) - set(given) - _BESIDE)
    if len(given) != 1 or extra:
        got = extra or given
        msg = f"must be one of {_FORMS}, with when, step and sampling, got {got}"
        raise ValueError(msg)
    kind = given[0]
    when = {
        plain_name(name): tuple(v) if isinstance(v, list | tuple) else (v,)
        for name, v in dict(value.get("when", {})).items()
    }
    if kind in {"choice", "bool"}:
        values = (False, True) if kind == "bool" else tuple(value["choice"])
        return {"kind": "choice", "values": values, "when": when}
    ends = value[kind]
    typed = int if kind == "int" else int | float
    if not (
        isinstance(ends, list | tuple)
        and len(ends) == 2
        and all(isinstance(e, typed) and not isinstance(e, bool) for e in ends)
    ):
        whole = " whole numbers" if kind == "int" else ""
        msg = f"{kind} must be [low, high]{whole}, got {ends!r}"
        raise ValueError(msg)
    sampling = value.get("sampling", "log" if kind == "log" else "linear")
    if sampling not in {"linear", "log"}:
        msg = f"sampling must be 'linear' or 'log', got {sampling!r}"
        raise ValueError(msg)
    return {
        "kind": "int" if kind == "int" else "float",
        "low": ends[0] if kind == "int" else float(ends[0]),
        "high": ends[1] if kind == "int" else float(ends[1]),
        "step": value.get("step"),
        "log": sampling == "log",
        "when": when,
    }

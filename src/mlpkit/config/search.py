"""`[search]`: what a hyperparameter search may try, and for how long."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from mlpkit.config.component import Component
from mlpkit.config.dimension import Dimension, is_dimension, plain_name
from mlpkit.config.duration import Duration
from mlpkit.config.section import Count, Section
from mlpkit.errors import suggest

SHAPE = ("depth", "width")
"""Names that stand for ``model.hidden``: so many layers of so many units."""
_NO_HYPERPARAMETERS = {
    "checkpoint_seconds", "deterministic", "device", "monitor", "precision", "seed",
    "stop_after", "strategy",
}  # fmt: skip


class OracleConfig(Component):
    """What proposes the trials."""

    name: Literal["random", "grid", "bayesian", "hyperband"] = "random"


class StopperConfig(Component):
    """What ends a trial early that lags behind the others."""

    name: Literal["none", "asha", "median"] = "none"


class ObjectiveConfig(Component):
    """A logged value, and which way is better where its name does not tell."""

    direction: Literal["min", "max"] | None = None


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str | dict) else value


def _flat(value: Any) -> Any:
    """Tables of dimensions → dimensions by their key in `[model]` or `[training]`."""
    if not isinstance(value, Mapping):
        return value
    found: dict[str, Any] = {}
    for name, inner in value.items():
        if is_dimension(inner):
            found[plain_name(name)] = inner
        else:
            nested = _flat(inner)
            found |= {plain_name(f"{name}.{key}"): v for key, v in nested.items()}
    return found


class SearchConfig(Section):
    """`[search]`: which settings vary, how they are proposed, and for how long."""

    oracle: OracleConfig = OracleConfig()
    stopper: StopperConfig = StopperConfig()
    objective: Annotated[
        tuple[ObjectiveConfig, ...],
        BeforeValidator(
            _listed,
            json_schema_input_type=ObjectiveConfig | tuple[ObjectiveConfig, ...],
        ),
    ] = Field((), description="Logged values; training.monitor if left.")
    trials: Count | None = Field(
        None, description="20 if left; a grid is gone through to its end."
    )
    time: Duration | None = Field(None, description="Of the whole search, '10m'.")
    trial_time: Duration | None = Field(None, description="Of each trial, '90s'.")
    executions: Count = Field(1, description="Trainings per trial, of other seeds.")
    folds: Annotated[int, Field(ge=2)] | None = Field(
        None, description="Trainings per trial, each validated on another part."
    )
    keep: Count = Field(5, description="Best trials whose weights are kept.")
    ensemble: Count | None = Field(
        None, description="Best trials of which a weighted mean is made; kept, too."
    )
    space: Annotated[dict[str, Dimension] | None, BeforeValidator(_flat)] = Field(
        None, description="Dimension by setting; that of the recipe if left."
    )

    @model_validator(mode="after")
    def _can_be_gone_through(self) -> "SearchConfig":
        if self.folds is not None and self.executions > 1:
            msg = "give executions or folds, got both"
            raise ValueError(msg)
        if self.ensemble is not None and self.folds is not None:
            msg = "ensemble: needs rows that no trial has trained on, leave out folds"
            raise ValueError(msg)
        if self.space is not None:
            check_conditions(self.space)
        return self

    def check_keys(self, known: Iterable[str]) -> None:
        """Check that each dimension is of a setting.

        Raises:
            ValueError: It is of none.
        """
        space = self.space or {}
        settings = {*known, *SHAPE} - _NO_HYPERPARAMETERS
        for name in space:
            if name.partition(".")[0] not in settings:
                near = suggest(name, settings)
                msg = f"search.space.{name}: must be a key of [model] or [training]"
                raise ValueError(f"{msg}, depth or width, got '{name}'{near}")
        both = [name for name in SHAPE if name in space]
        if "hidden" in space and both:
            msg = f"search.space: give hidden or depth and width, got hidden and {both}"
            raise ValueError(msg)


def check_conditions(space: Mapping[str, Dimension]) -> None:
    """Check that there are dimensions, and that each can come to count.

    Raises:
        ValueError: There is none; or a condition names no dimension, a range of
            numbers with a fraction, a value that is never proposed, or itself.
    """
    if not space:
        msg = "space must have at least one dimension, got none"
        raise ValueError(msg)
    for name, dimension in space.items():
        for parent, values in dimension.when.items():
            _check_condition(name, parent, values, space)
    for name in space:
        allowed: dict[str, set[str]] = {}
        _narrow(name, space, allowed, (name,))


def _check_condition(
    name: str, parent: str, values: tuple[Any, ...], space: Mapping[str, Dimension]
) -> None:
    where = f"space.{name}.when: "
    if parent not in space:
        msg = f"{where}must name a dimension of the space, got '{parent}'"
        raise ValueError(msg + suggest(parent, space))
    if space[parent].kind == "float":
        msg = f"{where}must name a choice or whole numbers, got '{parent}', a float"
        raise ValueError(msg)
    never = [v for v in values if not space[parent].takes(v)]
    if never or not values:
        msg = f"{where}'{parent}' is never {never or 'one of no values'}"
        known = space[parent].values or (space[parent].low, space[parent].high)
        raise ValueError(f"{msg}, it is one of {list(known)}")


def _narrow(
    name: str,
    space: Mapping[str, Dimension],
    allowed: dict[str, set[str]],
    path: tuple[str, ...],
) -> None:
    """Collect what must hold of all ancestors for a dimension to count."""
    for parent, values in space[name].when.items():
        if parent in path:
            msg = f"space.{path[0]}.when: depends on itself: {' → '.join(path)}"
            raise ValueError(f"{msg} → {parent}")
        wanted = {repr(v) for v in values}
        allowed[parent] = allowed.get(parent, wanted) & wanted
        if not allowed[parent]:
            msg = f"space.{path[0]}.when: can never hold, it asks for several values"
            raise ValueError(f"{msg} of '{parent}' at once")
        _narrow(parent, space, allowed, (*path, parent))

"""A configuration's dimensions ↔ KerasTuner's hyperparameters and settings."""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

import keras_tuner

from mlpkit.config import Config, Dimension, ModelConfig, TrainingConfig
from mlpkit.config.load import check_section
from mlpkit.errors import UsageError

_SECTIONS: dict[str, Any] = {"model": ModelConfig, "training": TrainingConfig}
_PLAIN = (str, int, float)


def hyperparameters(space: Mapping[str, Dimension]) -> keras_tuner.HyperParameters:
    """Return the dimensions as KerasTuner's hyperparameters, parents first.

    Choices of lists and tables are texts there, which `settings_of` reads.
    """
    found = keras_tuner.HyperParameters()
    placed: set[str] = set()

    def place(name: str) -> None:
        if name in placed:
            return
        placed.add(name)
        dimension = space[name]
        for parent in dimension.when:
            place(parent)
        with ExitStack() as conditions:
            for parent, values in _conditions(name, space):
                conditions.enter_context(
                    found.conditional_scope(
                        parent, [_told(v, space[parent]) for v in values]
                    )
                )
            _declare(found, name, dimension)

    for name in space:
        place(name)
    return found


def _conditions(
    name: str, space: Mapping[str, Dimension]
) -> list[tuple[str, tuple[Any, ...]]]:
    """What must hold for a dimension to count: of its parents, theirs first."""
    found = []
    for parent, values in space[name].when.items():
        found += [*_conditions(parent, space), (parent, values)]
    return [c for i, c in enumerate(found) if c not in found[:i]]


def _declare(found: Any, name: str, dimension: Dimension) -> None:
    if dimension.kind == "choice":
        if set(map(repr, dimension.values)) == {"False", "True"}:
            found.Boolean(name)
        else:
            found.Choice(name, [_told(v, dimension) for v in dimension.values])
        return
    sampling = "log" if dimension.log else "linear"
    kind = found.Int if dimension.kind == "int" else found.Float
    kind(name, dimension.low, dimension.high, step=dimension.step, sampling=sampling)


def _told(value: Any, dimension: Dimension) -> Any:
    """A value as KerasTuner takes it: of one plain type, or as text."""
    if dimension.kind != "choice":
        return value
    if set(map(repr, dimension.values)) == {"False", "True"}:
        return value
    kinds = {type(v) for v in dimension.values}
    if len(kinds) == 1 and kinds <= set(_PLAIN):
        return value
    numbers = kinds <= {int, float}
    return float(value) if numbers else json.dumps(value)


def settings_of(space: Mapping[str, Dimension], values: Mapping[str, Any]) -> dict:
    """Return KerasTuner's values as settings, tables and lists read again."""
    found = {}
    for name, value in values.items():
        dimension = space.get(name)
        if dimension is None:
            continue  # KerasTuner's own, such as tuner/epochs
        known = {_told(v, dimension): v for v in dimension.values}
        found[name] = known.get(value, value)
    return found


def configured(config: Config, settings: Mapping[str, Any]) -> Config:
    """Return the configuration with the settings of a trial.

    ``depth`` and ``width`` become ``model.hidden``; ``"none"`` is the absence of a
    component. The recipe is ``none``: what it fills has been filled.

    Args:
        config: The job, its recipe filled in.
        settings: By key, as `settings_of` returns them.

    Raises:
        UsageError: A value is out of range.

    >>> job = Config.model_validate({"data": {"target": "y"}})
    >>> settings = {"depth": 2, "width": 32, "optimizer.beta_1": 0.8}
    >>> trial = configured(job, settings)
    >>> trial.model.hidden, trial.training.optimizer.params
    ((32, 32), {'beta_1': 0.8})
    """
    sections = {name: getattr(config, name).model_dump() for name in _SECTIONS}
    for key in sorted(settings, key=lambda key: key.count(".")):
        if key not in {"depth", "width"}:
            _set(sections, key, settings[key])
    hidden = config.model.hidden
    if "depth" in settings or "width" in settings:
        if len(set(hidden)) > 1 or not hidden:
            hidden = (hidden[0] if hidden else 128,) * max(1, len(hidden))
        depth = settings.get("depth", len(hidden))
        sections["model"]["hidden"] = (settings.get("width", hidden[0]),) * depth
    checked = {
        name: check_section(kind, name, sections[name])
        for name, kind in _SECTIONS.items()
    }
    return config.model_copy(update={**checked, "recipe": "none"})


def _set(sections: dict[str, Any], key: str, value: Any) -> None:
    name, _, parameter = key.partition(".")
    section = next(s for s, kind in _SECTIONS.items() if name in kind.model_fields)
    values = sections[section]
    if parameter:
        component = values[name]
        if component is None:
            msg = f"search.space.{key}: {section}.{name} must be there, it is left out"
            raise UsageError(f"{msg}; give it, or a condition: when = {{ … }}")
        known = {"name": component} if isinstance(component, str) else component
        values[name] = {**known, parameter: value}
    else:
        optional = _SECTIONS[section].model_fields[name].default is None
        values[name] = None if value == "none" and optional else value


def check_values(config: Config, space: Mapping[str, Dimension]) -> None:
    """Check the values that can be proposed, each alone.

    Raises:
        UsageError: One is out of its setting's range.
    """
    for name, dimension in space.items():
        if name.partition(".")[0] in space and "." in name:
            continue  # which component it belongs to is that dimension's affair
        ends = dimension.values or (dimension.low, dimension.high)
        for value in ends:
            try:
                configured(config, {name: value})
            except UsageError as error:
                reason = str(error).rpartition("\n")[2].strip()
                msg = f"search.space.{name}: {value!r} cannot be: {reason}"
                raise UsageError(msg) from None

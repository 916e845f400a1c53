"""Components by name, with the arguments of their constructors."""

from typing import Any

from pydantic import ConfigDict, model_validator

from mlpkit.config.names import (
    ActivationName,
    EmbeddingName,
    OptimizerName,
    ScheduleName,
)
from mlpkit.config.section import ByName


class Component(ByName):
    """A component by name, with the arguments of its constructor.

    ``optimizer = "adam"`` and ``optimizer = { name = "adam", beta_2 = 0.95 }`` both
    work; the arguments are checked against the constructor's signature.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str

    @model_validator(mode="before")
    @classmethod
    def _a_name_or_a_table(cls, value: Any) -> Any:
        if not isinstance(value, str | dict | Component):
            msg = f"must be a name or {{ name = …, … }}, got {value!r}"
            raise ValueError(msg)
        return value

    @property
    def params(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return dict(self.model_extra or {})


class ActivationConfig(Component):
    """An activation: `mlpkit.activations`."""

    name: ActivationName = "gelu"


class ScheduleConfig(Component):
    """A learning-rate schedule: `mlpkit.schedules`."""

    name: ScheduleName = "constant"


class OptimizerConfig(Component):
    """An optimizer: `mlpkit.optimizers`."""

    name: OptimizerName = "adam"


class NumericEmbeddingConfig(Component):
    """An embedding of numeric columns: `mlpkit.layers`."""

    name: EmbeddingName = "pbld"

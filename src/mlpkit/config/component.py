"""Components by name, with the arguments of their constructors."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from mlpkit.config.names import (
    ActivationName,
    EmbeddingName,
    OptimizerName,
    ScheduleName,
)
from mlpkit.config.section import or_by_name


class Component(BaseModel):
    """A component by name, with the arguments of its constructor.

    ``optimizer = "adam"`` and ``optimizer = { name = "adam", beta_2 = 0.95 }`` both
    work; the arguments are checked against the constructor's signature.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    name: str

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"name": value}
        if not isinstance(value, dict | Component):
            msg = f"must be a name or {{ name = …, … }}, got {value!r}"
            raise ValueError(msg)
        return value

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        return or_by_name(handler(core_schema))

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

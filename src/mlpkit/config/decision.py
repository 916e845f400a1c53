"""`[decision]`: how the network's output becomes answers."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Cost = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Costs(BaseModel):
    """What a wrong answer costs; a right one costs nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    false_positive: Cost = 1.0
    false_negative: Cost = 1.0


def _checked(value: Any) -> Any:
    """One mistake instead of one for each type that a threshold may have."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if value == "f1" or (number and 0 < value < 1):
        return value
    try:
        costs = Costs.model_validate(value)
    except ValidationError:
        costs = Costs(false_positive=0, false_negative=0)
    if costs.false_positive or costs.false_negative:
        return costs
    msg = (
        "must be a number in (0, 1), 'f1', or { false_positive = …, false_negative = … "
        f"}} of costs >= 0 that are not both 0, got {value!r}"
    )
    raise ValueError(msg)


Threshold = Annotated[float | Literal["f1"] | Costs, BeforeValidator(_checked)]


class DecisionConfig(BaseModel):
    """`[decision]`: probabilities, yes or no, and the range of predicted values."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    calibrate: Literal["auto", True, False] = Field(
        "auto",
        description="Divide the logits by the temperature of the least log-loss on the "
        "validation rows; auto: where there are 100 of them or more.",
    )
    threshold: Threshold = Field(
        0.5,
        description="Yes above this probability (two classes, labels); 'f1' or costs: "
        "the best one on the validation rows, for each label.",
    )
    clamp: bool = Field(
        default=False,
        description="Keep predicted values within the range of the training target.",
    )

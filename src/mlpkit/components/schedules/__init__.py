"""Learning-rate schedules, by name."""

import keras

from mlpkit.components.schedules.base import Schedule
from mlpkit.components.schedules.constant import Constant
from mlpkit.components.schedules.cos_log4 import CosLog4
from mlpkit.components.schedules.exponential_decay import ExponentialDecay
from mlpkit.components.schedules.flat_cosine import FlatCosine
from mlpkit.components.schedules.one_cycle import OneCycle
from mlpkit.components.schedules.step_decay import StepDecay
from mlpkit.components.schedules.warmup_cosine import WarmupCosine

SCHEDULES: dict[str, type[keras.optimizers.schedules.LearningRateSchedule]] = {
    "constant": Constant,
    "cos_log4": CosLog4,
    "exponential": ExponentialDecay,
    "flat_cosine": FlatCosine,
    "one_cycle": OneCycle,
    "step": StepDecay,
    "warmup_cosine": WarmupCosine,
}

__all__ = [
    "SCHEDULES",
    "Constant",
    "CosLog4",
    "ExponentialDecay",
    "FlatCosine",
    "OneCycle",
    "Schedule",
    "StepDecay",
    "WarmupCosine",
]

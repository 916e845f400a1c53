"""Learning-rate schedules; ``SCHEDULES`` finds them by name."""

import keras

from mlpkit.components.schedules.constant import Constant
from mlpkit.components.schedules.one_cycle import OneCycle
from mlpkit.components.schedules.warmup_cosine import WarmupCosine

SCHEDULES: dict[str, type[keras.optimizers.schedules.LearningRateSchedule]] = {
    "constant": Constant,
    "one_cycle": OneCycle,
    "warmup_cosine": WarmupCosine,
}

__all__ = ["SCHEDULES", "Constant", "OneCycle", "WarmupCosine"]

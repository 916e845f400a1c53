"""What ends trials early that lag behind the others, by name."""

from mlpkit.tuning.stoppers.asha import Asha
from mlpkit.tuning.stoppers.base import Stopper
from mlpkit.tuning.stoppers.median import Median

STOPPERS: dict[str, type] = {"asha": Asha, "median": Median}

__all__ = ["STOPPERS", "Asha", "Median", "Stopper"]

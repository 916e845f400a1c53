"""How good the answers are."""

from mlpkit.evaluation.metrics import LEADING, evaluate, higher_is_better

__all__ = ["LEADING", "evaluate", "higher_is_better"]

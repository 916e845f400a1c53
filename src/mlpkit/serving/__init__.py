"""Ask an exported model; needs none of the code that made it."""

from mlpkit.serving.predictor import Predictor

__all__ = ["Predictor"]

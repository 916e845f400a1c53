"""The compiled training loop: whole epochs of any Keras model as one graph."""

from mlpkit.training.engine.cache import Lease, adopt, clear, compilations, loop_for
from mlpkit.training.engine.loop import Loop, Plan
from mlpkit.training.engine.numbers import step_table
from mlpkit.training.engine.rule import block_steps
from mlpkit.training.engine.variables import variables_of

__all__ = [
    "Lease",
    "Loop",
    "Plan",
    "adopt",
    "block_steps",
    "clear",
    "compilations",
    "loop_for",
    "step_table",
    "variables_of",
]

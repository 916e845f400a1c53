"""The compiled training loop: whole epochs of any Keras model as one graph."""

from mlpkit.training.engine.architecture import normal_config
from mlpkit.training.engine.cache import adopt, clear, compilations, loop_for
from mlpkit.training.engine.determinism import has_gpu, warn_of_other_digits
from mlpkit.training.engine.executor import pool_threads
from mlpkit.training.engine.lease import Lease
from mlpkit.training.engine.loop import Loop
from mlpkit.training.engine.numbers import step_table
from mlpkit.training.engine.plan import Plan
from mlpkit.training.engine.replica_checks import check_scope
from mlpkit.training.engine.rule import block_steps
from mlpkit.training.engine.variables import variables_of
from mlpkit.training.engine.workers import (
    agree,
    is_chief,
    is_multi_worker,
    of_the_chief,
)

__all__ = [
    "Lease",
    "Loop",
    "Plan",
    "adopt",
    "agree",
    "block_steps",
    "check_scope",
    "clear",
    "compilations",
    "has_gpu",
    "is_chief",
    "is_multi_worker",
    "loop_for",
    "normal_config",
    "of_the_chief",
    "pool_threads",
    "step_table",
    "variables_of",
    "warn_of_other_digits",
]

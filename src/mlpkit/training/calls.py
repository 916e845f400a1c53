"""Calls of a compiled loop: what is best so far, how long a step takes."""

import time
from typing import Any

import numpy as np

from mlpkit.training.engine import Lease, of_the_chief
from mlpkit.training.rows import Rows

CALL_SECONDS = 0.25
"""How long Ctrl-C and the progress bar may have to wait."""


class Calls:
    """Calls a loop and remembers what the next call needs.

    Args:
        lease: The loop, for the model that is trained.
        validation: Rows, or None.
        patience: Epochs without a better value; None: never stop.
    """

    def __init__(
        self,
        lease: Lease,
        validation: Rows | None,
        patience: int | None,
    ) -> None:
        self.lease = lease
        monitor = lease.loop.plan.monitor
        lower = monitor is None or monitor.lower_is_better
        self.best: Any = np.inf if lower else -np.inf
        self.best_epoch: Any = -1
        self._validation = validation.tensors if validation else ()
        self._patience = patience or 0

    def __call__(
        self,
        rows: Any,
        orders: np.ndarray,
        table: np.ndarray,
        steps: tuple[int, int],
        *,
        epoch: int,
        reset: bool = True,
        finish: bool = True,
        validate: bool = False,
    ) -> dict[str, Any]:
        """Run steps ``steps[0]`` … ``steps[1]`` − 1 of each epoch; see `Loop`."""
        compiled = self.lease.loop.proven
        started = time.perf_counter()
        found = self.lease(
            rows,
            orders,
            table,
            self._validation,
            first_step=steps[0],
            last_step=steps[1],
            epoch=epoch,
            best=self.best,
            best_epoch=self.best_epoch,
            patience=self._patience,
            reset=reset,
            finish=finish,
            validate=validate,
        )
        count = len(orders) * (steps[1] - steps[0])
        if count and compiled:  # the first call takes longer: it compiles
            self._learn_speed((time.perf_counter() - started) / count)
        self.best, self.best_epoch = found["best"], found["best_epoch"]
        return found

    def _learn_speed(self, seconds: float) -> None:
        loop = self.lease.loop
        # several workers must make the same calls
        loop.step_seconds = of_the_chief(loop.model.distribute_strategy, seconds)

    def fitting(self, steps: int) -> int | None:
        """How many times that many steps fit into a call; None: not known yet."""
        known = self.lease.loop.step_seconds
        return None if known is None else int(CALL_SECONDS / (known * max(1, steps)))

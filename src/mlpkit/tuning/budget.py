"""The time that a search may take, also over several runs of it."""

import time
from collections.abc import Callable


class Budget:
    """A clock that goes on where the last run of the search left it.

    Args:
        total: Seconds of the search; None: no end.
        clock: Monotonic seconds.
    """

    def __init__(
        self, total: float | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.total = total
        self._clock = clock
        self._before = 0.0
        self._started: float | None = None

    @property
    def spent(self) -> float:
        """Seconds of searching so far."""
        running = 0.0 if self._started is None else self._clock() - self._started
        return self._before + running

    @property
    def left(self) -> float:
        """Seconds that are left; infinite without an end."""
        return float("inf") if self.total is None else self.total - self.spent

    def start(self) -> None:
        """Start, or go on."""
        if self._started is None:
            self._started = self._clock()

    def stop(self) -> None:
        """Stop counting."""
        self._before, self._started = self.spent, None

    def restore(self, spent: float) -> None:
        """Take what earlier runs have spent."""
        self._before = spent
        if self._started is not None:
            self._started = self._clock()

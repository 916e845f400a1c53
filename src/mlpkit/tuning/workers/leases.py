"""When each worker was last heard of."""

import threading
import time
from collections.abc import Callable


class Leases:
    """A worker that has been silent for too long is taken for dead.

    Args:
        seconds: That a worker may be silent.
        clock: Monotonic seconds.

    >>> now = 0.0
    >>> leases = Leases(60.0, clock=lambda: now)
    >>> leases.touch("one")
    >>> now = 61.0
    >>> leases.touch("two")
    >>> leases.lapsed(), leases.alive
    (['one'], {'two'})
    """

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.seconds = seconds
        self._clock = clock
        self._last: dict[str, float] = {}
        self._lock = threading.Lock()  # many calls, each in a thread of its own

    def touch(self, worker: str) -> None:
        """Note a sign of life."""
        with self._lock:
            self._last[worker] = self._clock()

    def drop(self, worker: str) -> None:
        """Forget a worker."""
        with self._lock:
            self._last.pop(worker, None)

    def lapsed(self) -> list[str]:
        """Return the workers that have been silent for too long."""
        with self._lock:
            return [w for w, last in self._last.items() if self._late(last)]

    @property
    def alive(self) -> set[str]:
        """The others."""
        with self._lock:
            return {w for w, last in self._last.items() if not self._late(last)}

    def _late(self, last: float) -> bool:
        return self._clock() - last > self.seconds

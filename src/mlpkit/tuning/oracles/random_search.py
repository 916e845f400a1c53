"""Values by chance, those of one architecture one after the other."""

from typing import Any

import keras_tuner

from mlpkit.tuning.oracles.durable import Durable
from mlpkit.tuning.oracles.structure import structure

_WINDOW = 32  # values drawn at once and put in order


class RandomOracle(Durable, keras_tuner.oracles.RandomSearchOracle):
    """Random search; a window of trials at a time is ordered by architecture.

    A compiled loop is used again by trials that differ in numbers only. The order in
    which architectures come is that of the draw, so that a search that is cut short has
    seen what chance gave it.

    Args:
        **kwargs: Of `keras_tuner.oracles.RandomSearchOracle`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._max_collisions = 200
        self._drawn: list[dict[str, Any]] = []

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the next values."""
        while self._drawn or self._draw():
            values = self._drawn.pop(0)
            if not self._duplicate(values):
                return {"status": "RUNNING", "values": values}
        return {"status": "STOPPED", "values": None}

    def _draw(self) -> bool:
        """Draw the next window; False where there is nothing new any more."""
        left = _WINDOW if not self.max_trials else self.max_trials - len(self.trials)
        tried: set[str] = set(self._tried_so_far)
        groups: dict[Any, list[dict[str, Any]]] = {}
        for _ in range(min(left, _WINDOW)):
            values = self._random_values()
            if values is None:
                break
            self._tried_so_far.add(self._compute_values_hash(values))
            key = structure(self.hyperparameters.space, values)
            groups.setdefault(key, []).append(values)
        self._tried_so_far = tried
        self._drawn = [values for group in groups.values() for values in group]
        return bool(self._drawn)

    def get_state(self) -> dict[str, Any]:
        """Return what the oracle goes on from."""
        return {**super().get_state(), "drawn": self._drawn}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        super().set_state(state)
        self._drawn = state.get("drawn", [])

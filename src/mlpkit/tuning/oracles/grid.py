"""All combinations of the values, those of one architecture one after the other."""

from collections.abc import Mapping
from typing import Any

import keras_tuner

from mlpkit.tuning.oracles.durable import Durable
from mlpkit.tuning.oracles.structure import structure_first


class GridOracle(Durable, keras_tuner.oracles.GridSearchOracle):
    """Grid search; numbers change fastest, so that loops are compiled once.

    Of a range without a step ten values are taken. The place in the grid is part of the
    state: a search that was killed goes on behind it.

    Args:
        **kwargs: Of `keras_tuner.oracles.GridSearchOracle`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._last: dict[str, Any] | None = None

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the next combination."""
        values = self._after(self._last)
        while values is not None and self._duplicate(values):
            values = self._after(values)
        if values is None:  # a running trial may still bring a new hyperparameter
            waits = bool(self.ongoing_trials)
            return {"status": "IDLE" if waits else "STOPPED", "values": None}
        self._last = values
        return {"status": "RUNNING", "values": values}

    def _after(self, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """The combination that follows, None after the last; the first after None."""
        space = self.get_space()
        first = {hp.name: _values(hp)[0] for hp in space.space}
        if values is None:
            space.values = first
            return _active(space)
        space.values = {**first, **values}
        for hp in reversed(structure_first(space.space)):
            if not space.is_active(hp):
                continue
            known = _values(hp)
            place = known.index(space.values[hp.name]) + 1
            if place < len(known):
                space.values[hp.name] = known[place]
                return _active(space)
            space.values[hp.name] = known[0]
        return None

    def get_state(self) -> dict[str, Any]:
        """Return what the oracle goes on from."""
        return {**super().get_state(), "last": self._last}

    def set_state(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        super().set_state(state)
        self._last = state.get("last")


def _values(hyperparameter: Any) -> list[Any]:
    """All values, the default first, as KerasTuner's grid has it."""
    known = list(dict.fromkeys(hyperparameter.values))
    first = hyperparameter.default
    return [first, *(v for v in known if v != first)]


def _active(space: keras_tuner.HyperParameters) -> dict[str, Any]:
    return {hp.name: space.values[hp.name] for hp in space.space if space.is_active(hp)}

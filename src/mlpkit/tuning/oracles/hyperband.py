"""Many short trainings, of which the best go on."""

from typing import Any

import keras_tuner

from mlpkit.tuning.oracles.durable import Durable


class HyperbandOracle(Durable, keras_tuner.oracles.HyperbandOracle):
    """Hyperband (Li et al. 2018); brackets follow each other until the trials end.

    A trial that is promoted goes on from where the one before it ended: its values
    ``tuner/trial_id``, ``tuner/initial_epoch`` and ``tuner/epochs`` tell.

    Args:
        max_trials: Limit of the trials, promoted ones count; None: one iteration.
        **kwargs: Of `keras_tuner.oracles.HyperbandOracle`.
    """

    def __init__(self, max_trials: int | None = None, **kwargs: Any) -> None:
        if max_trials is not None:
            kwargs.setdefault("hyperband_iterations", None)  # without an end
        super().__init__(**kwargs)
        self.max_trials = max_trials

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Return the values of a new trial, or of one that is promoted."""
        found = super().populate_space(trial_id)
        values = found.get("values")
        if (
            values
        ):  # KerasTuner names the newest bracket, also where an older one is due
            bracket = next(
                b
                for b in self._brackets
                if any(i["id"] == trial_id for r in b["rounds"] for i in r)
            )
            values["tuner/bracket"] = bracket["bracket_num"]
        return found

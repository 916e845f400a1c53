"""What a job leaves out, by its recipe and its data."""

from dataclasses import replace

from mlpkit.config import Config, Facts, config_id, with_recipe
from mlpkit.errors import UsageError
from mlpkit.runs.prepared import Prepared

_LEAST_NTK_RATE = 5e-3


def facts_of(prepared: Prepared) -> Facts:
    """Return what a recipe needs to know of a job's data."""
    folds = prepared.config.ensemble.name == "folds"
    return Facts(
        prepared.target.task,
        rows=prepared.rows["train"],
        numeric=prepared.encoder.num_numeric,
        validated=folds or prepared.rows["validation"] > 0,
    )


def by_recipe(prepared: Prepared, facts: Facts | None = None) -> Prepared:
    """Return the job with every key of its configuration filled, and named by them.

    Args:
        prepared: Its data.
        facts: Of other data, which the network was built for; its own if left.

    Raises:
        UsageError: A patience is asked for, and no row could end it.
    """
    config = _with_patience(prepared)
    filled = with_recipe(config, facts_of(prepared))
    if facts is not None:
        network = with_recipe(config, facts).model
        filled = filled.model_copy(update={"model": network})
    notes = (*prepared.notes, *_of_the_rate(config, filled))
    identity = config_id(filled, prepared.identity)
    return replace(prepared, config=filled, identity=identity, notes=notes)


def _with_patience(prepared: Prepared) -> Config:
    """Leave the patience away where it has no value to compare, unless asked for it."""
    config = prepared.config
    training, validated = config.training, len(prepared.split.validation) > 0
    own = not training.monitor.startswith("val_")
    if own or validated or config.ensemble.name == "folds":
        return config
    if "patience" in training.model_fields_set and training.patience is not None:
        msg = f"training.patience needs validation rows to tell {training.monitor!r}, "
        msg += "got none; set split.validation_fraction or training.monitor = 'loss'"
        raise UsageError(msg)
    # a saved configuration names all settings, and must be one that can be run again
    training = training.model_copy(update={"patience": None})
    return config.model_copy(update={"training": training})


def _of_the_rate(given: Config, filled: Config) -> tuple[str, ...]:
    """A note where a rate of the standard parametrization meets the NTK one."""
    asked = "learning_rate" in given.training.model_fields_set
    chosen = "parametrization" in given.model.model_fields_set
    rate = filled.training.learning_rate
    small = filled.model.parametrization == "ntk" and rate < _LEAST_NTK_RATE
    if not (asked and small) or chosen:
        return ()
    return (
        f"training.learning_rate {rate:g} is small: recipe '{given.recipe}' has "
        'parametrization "ntk", whose rates are around 0.03; leave the rate out, or '
        'set model.parametrization = "standard"',
    )

"""What a job leaves out, by its recipe and its data."""

from dataclasses import replace

from mlpkit.config import Facts, with_recipe
from mlpkit.runs.prepared import Prepared


def facts_of(prepared: Prepared) -> Facts:
    """Return what a recipe needs to know of a job's data."""
    return Facts(
        prepared.target.task,
        rows=prepared.rows["train"],
        numeric=prepared.encoder.num_numeric,
    )


def by_recipe(prepared: Prepared, facts: Facts | None = None) -> Prepared:
    """Return the job with every key of its configuration filled.

    Args:
        prepared: Its data.
        facts: Of other data, which the network was built for; its own if left.
    """
    filled = with_recipe(prepared.config, facts_of(prepared))
    if facts is not None:
        network = with_recipe(prepared.config, facts).model
        filled = filled.model_copy(update={"model": network})
    return replace(prepared, config=filled)

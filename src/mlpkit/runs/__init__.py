"""A job: from a configuration to a run folder, and from a run folder to answers."""

from mlpkit.runs.answers import Answers
from mlpkit.runs.assemble import assemble
from mlpkit.runs.folder import written_aside
from mlpkit.runs.prepare import prepare
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.recipe import by_recipe, facts_of
from mlpkit.runs.run import Run
from mlpkit.runs.train import train
from mlpkit.runs.train_members import train_network

__all__ = [
    "Answers",
    "Prepared",
    "Run",
    "assemble",
    "by_recipe",
    "facts_of",
    "prepare",
    "train",
    "train_network",
    "written_aside",
]

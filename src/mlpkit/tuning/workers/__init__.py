"""A search on several processes: one chief with the oracle, workers that train."""

from mlpkit.tuning.workers.chief import lead
from mlpkit.tuning.workers.client import Client
from mlpkit.tuning.workers.crew import Crew, crew_of
from mlpkit.tuning.workers.place import HERE, Place, place
from mlpkit.tuning.workers.work import work

__all__ = ["HERE", "Client", "Crew", "Place", "crew_of", "lead", "place", "work"]

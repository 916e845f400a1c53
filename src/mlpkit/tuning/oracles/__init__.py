"""What proposes the trials: KerasTuner's oracles, mended, by name."""

from mlpkit.tuning.oracles.bayesian import BayesianOracle
from mlpkit.tuning.oracles.durable import SCORE, Durable, durable
from mlpkit.tuning.oracles.grid import GridOracle
from mlpkit.tuning.oracles.hyperband import HyperbandOracle
from mlpkit.tuning.oracles.random_search import RandomOracle

ORACLES: dict[str, type] = {
    "random": RandomOracle,
    "grid": GridOracle,
    "bayesian": BayesianOracle,
    "hyperband": HyperbandOracle,
}

__all__ = [
    "ORACLES",
    "SCORE",
    "BayesianOracle",
    "Durable",
    "GridOracle",
    "HyperbandOracle",
    "RandomOracle",
    "durable",
]

"""What a search leaves for people: tables, a report, TensorBoard, an ensemble."""

from mlpkit.tuning.results.ensemble import average_models
from mlpkit.tuning.results.greedy import greedy_weights
from mlpkit.tuning.results.importance import (
    Importance,
    Share,
    hyperparameter_importance,
)
from mlpkit.tuning.results.keras_tuner_space import objectives_of, parameters_of
from mlpkit.tuning.results.live import live_table, time_left
from mlpkit.tuning.results.mixture import Member, Mixture
from mlpkit.tuning.results.objective import Objective, front, ranked, reached
from mlpkit.tuning.results.parameter import Parameter, covering
from mlpkit.tuning.results.pareto import non_dominated
from mlpkit.tuning.results.report import render_report
from mlpkit.tuning.results.tables import trial_table, write_tables
from mlpkit.tuning.results.task_loss import task_loss
from mlpkit.tuning.results.write import write_results

__all__ = [
    "Importance",
    "Member",
    "Mixture",
    "Objective",
    "Parameter",
    "Share",
    "average_models",
    "covering",
    "front",
    "greedy_weights",
    "hyperparameter_importance",
    "live_table",
    "non_dominated",
    "objectives_of",
    "parameters_of",
    "ranked",
    "reached",
    "render_report",
    "task_loss",
    "time_left",
    "trial_table",
    "write_results",
    "write_tables",
]

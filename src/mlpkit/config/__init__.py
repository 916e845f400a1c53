"""Typed configurations: what a job is, before anything heavy is imported."""

from mlpkit.config.component import Component
from mlpkit.config.decision import Costs, DecisionConfig
from mlpkit.config.ensemble import EnsembleConfig
from mlpkit.config.identity import config_id, to_toml
from mlpkit.config.load import load_config
from mlpkit.config.recipes import RECIPES, Facts, with_recipe
from mlpkit.config.schema import (
    ColumnKind,
    Config,
    DataConfig,
    ModelConfig,
    PreprocessingConfig,
    SearchConfig,
    SplitConfig,
    TaskName,
    TrainingConfig,
)

__all__ = [
    "RECIPES",
    "ColumnKind",
    "Component",
    "Config",
    "Costs",
    "DataConfig",
    "DecisionConfig",
    "EnsembleConfig",
    "Facts",
    "ModelConfig",
    "PreprocessingConfig",
    "SearchConfig",
    "SplitConfig",
    "TaskName",
    "TrainingConfig",
    "config_id",
    "load_config",
    "to_toml",
    "with_recipe",
]

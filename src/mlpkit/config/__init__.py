"""Typed configurations: what a job is, before anything heavy is imported."""

from mlpkit.config.batch_size import batch_size_for
from mlpkit.config.component import Component
from mlpkit.config.decision import Costs, DecisionConfig
from mlpkit.config.dimension import Dimension
from mlpkit.config.duration import seconds_of, spoken
from mlpkit.config.ensemble import EnsembleConfig
from mlpkit.config.explain import explained
from mlpkit.config.identity import config_id, to_toml
from mlpkit.config.load import load_config
from mlpkit.config.recipes import RECIPES, Facts, with_recipe
from mlpkit.config.schema import (
    ColumnKind,
    Config,
    DataConfig,
    ModelConfig,
    PreprocessingConfig,
    SplitConfig,
    TaskName,
    TrainingConfig,
)
from mlpkit.config.search import OracleConfig, SearchConfig, StopperConfig
from mlpkit.config.spaces import search_space

__all__ = [
    "RECIPES",
    "ColumnKind",
    "Component",
    "Config",
    "Costs",
    "DataConfig",
    "DecisionConfig",
    "Dimension",
    "EnsembleConfig",
    "Facts",
    "ModelConfig",
    "OracleConfig",
    "PreprocessingConfig",
    "SearchConfig",
    "SplitConfig",
    "StopperConfig",
    "TaskName",
    "TrainingConfig",
    "batch_size_for",
    "config_id",
    "explained",
    "load_config",
    "search_space",
    "seconds_of",
    "spoken",
    "to_toml",
    "with_recipe",
]

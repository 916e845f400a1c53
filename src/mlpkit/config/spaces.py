"""The space that is searched where a configuration names none, by recipe.

RM is Holzmüller, Grinsztajn & Steinwart 2024, "Better by Default" (arXiv 2407.04491).
"""

from typing import Any

from mlpkit.config.dimension import Dimension
from mlpkit.config.schema import Config, RecipeName

_REALMLP: dict[str, Any] = {  # RM table C.3, around the recipe's own values
    "hidden": [[256, 256, 256], [64, 64, 64, 64, 64], [512]],
    "learning_rate": {"log": [0.02, 0.3]},
    "activation": ["selu", "mish", "relu"],
    "dropout": [0.0, 0.15, 0.3],
    "weight_decay": [0.0, 0.02],
}

_SPACES: dict[RecipeName, dict[str, Any]] = {
    "none": {
        "depth": {"int": [1, 3]},
        "width": [32, 64, 128, 256],
        "learning_rate": {"log": [1e-4, 1e-2]},
    },
    "lecture": {
        "depth": {"int": [1, 4]},
        "width": [32, 64, 128, 256],
        "learning_rate": {"log": [1e-3, 3e-2]},
        "activation": ["gelu", "relu", "selu"],
        "dropout": {"float": [0.0, 0.5]},
        "batch_norm": "bool",
    },
    "default": {
        **_REALMLP,
        "numeric_embedding": ["none", "pbld", "piecewise_linear"],
    },
    "fast": {
        **_REALMLP,
        "hidden": [[64, 64], [128, 128], [64, 64, 64]],
    },
}


def search_space(config: Config) -> dict[str, Dimension]:
    """Return the dimensions that a search varies: given, or those of the recipe.

    >>> job = Config.model_validate({"recipe": "none", "data": {"target": "y"}})
    >>> list(search_space(job))
    ['depth', 'width', 'learning_rate']
    """
    if config.search.space is not None:
        return config.search.space
    found = _SPACES[config.recipe]
    return {name: Dimension.model_validate(value) for name, value in found.items()}

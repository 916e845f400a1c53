"""From a table to a served feed-forward network, on Keras 3 and TensorFlow.

The names below are loaded when first used: importing mlpkit costs nothing.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "MLPClassifier": "mlpkit.estimators.classifier:MLPClassifier",
    "MLPRegressor": "mlpkit.estimators.regressor:MLPRegressor",
    "Predictor": "mlpkit.serving.predictor:Predictor",
    "Run": "mlpkit.runs.run:Run",
    "activations": "mlpkit.components.activations",
    "averaged": "mlpkit.factory.averaged:averaged",
    "build_model": "mlpkit.factory.build:build_model",
    "export": "mlpkit.exporting.saved_model:export",
    "find_learning_rate": ("mlpkit.training.find_learning_rate:find_learning_rate"),
    "fit": "mlpkit.training.fit:fit",
    "initializers": "mlpkit.components.initializers",
    "layers": "mlpkit.components.layers",
    "load_config": "mlpkit.config.load:load_config",
    "losses": "mlpkit.components.losses",
    "metrics": "mlpkit.components.metrics",
    "optimizers": "mlpkit.components.optimizers",
    "schedules": "mlpkit.components.schedules",
    "tuning": "mlpkit.tuning",
    "train": "mlpkit.runs.train:train",
    "tune": "mlpkit.tuning.search:tune",
}

__all__ = [
    *sorted(_PLACES),
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        msg = f"module 'mlpkit' has no attribute {name!r}"
        raise AttributeError(msg)
    module, _, attribute = _PLACES[name].partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    return sorted([*_PLACES, "__version__"])

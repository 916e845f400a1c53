"""Optimizers made of a gradient and a learning-rate component, by name."""

import keras

from mlpkit.components.optimizers.adadelta import Adadelta
from mlpkit.components.optimizers.adagrad import AdaGrad
from mlpkit.components.optimizers.adam import Adam
from mlpkit.components.optimizers.adamax import AdaMax
from mlpkit.components.optimizers.amsgrad import AMSGrad
from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.momentum import Momentum
from mlpkit.components.optimizers.nadam import Nadam
from mlpkit.components.optimizers.nesterov import Nesterov
from mlpkit.components.optimizers.rmsprop import RMSprop
from mlpkit.components.optimizers.sgd import SGD

OPTIMIZERS: dict[str, type[keras.optimizers.Optimizer]] = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "adagrad": AdaGrad,
    "rmsprop": RMSprop,
    "adadelta": Adadelta,
    "adam": Adam,
    "nadam": Nadam,
    "adamax": AdaMax,
    "amsgrad": AMSGrad,
}

__all__ = [
    "OPTIMIZERS",
    "SGD",
    "AMSGrad",
    "AdaGrad",
    "AdaMax",
    "Adadelta",
    "Adam",
    "ComponentOptimizer",
    "Momentum",
    "Nadam",
    "Nesterov",
    "RMSprop",
]

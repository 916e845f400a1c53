"""The names that a configuration may say, as literals.

Editors complete them and a mistake is told without loading Keras; a test holds those of
components equal to their tables.
"""

from typing import Literal

ColumnKind = Literal["numeric", "categorical", "boolean", "datetime", "ignore"]
TaskName = Literal["regression", "binary", "binary_softmax", "multiclass", "multilabel"]
ActivationName = Literal[
    "elu", "gelu", "leaky_relu", "linear", "mish", "prelu", "relu", "rrelu", "selu",
    "sigmoid", "silu", "tanh", "threshold",
]  # fmt: skip
InitializerName = Literal[
    "constant", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform",
    "lecun_normal", "lecun_uniform", "small_normal",
]  # fmt: skip
ScheduleName = Literal[
    "constant", "cos_log4", "exponential", "flat_cosine", "one_cycle", "step",
    "warmup_cosine",
]  # fmt: skip
OptimizerName = Literal[
    "adadelta", "adagrad", "adam", "adamax", "amsgrad", "momentum", "nadam", "nesterov",
    "rmsprop", "sgd",
]  # fmt: skip

EmbeddingName = Literal["pbld", "periodic", "piecewise_linear"]
RecipeName = Literal["default", "fast", "lecture", "none"]
ColumnType = Literal["bool", "float64", "int64", "string", "timestamp[s]"]

"""The perceptron's unit: a step at zero."""

import contextlib
from typing import Any

import keras
from keras import ops

from mlpkit.components.activations.elementwise import Elementwise


@keras.saving.register_keras_serializable(package="mlpkit")
class Threshold(Elementwise):
    """Linear threshold unit: 1 if x > 0 else 0.

    Training rule: the derivative is taken as 1 (straight-through). Gradient descent on
    (ŷ - y)²/2 then makes w ← w + η (y - ŷ) x for each row, Rosenblatt's rule, which
    finds a separating plane in finitely many steps if there is one: it learns AND and
    OR. No weights at all give XOR with one such unit. The output keeps x next to it,
    for `PerceptronCriterion`.

    >>> import numpy as np
    >>> Threshold()(np.array([[-2.0, 0.0, 2.0]])).numpy().tolist()
    [[0.0, 0.0, 1.0]]

    References: Rosenblatt 1958; Bengio, Léonard & Courville 2013 for the derivative.
    """

    widen = False

    def curve(self, x: Any) -> Any:
        """Return 1 if x > 0 else 0."""
        step = ops.cast(x > 0, x.dtype)
        # x - stop(x) is exactly 0 in value and 1 in derivative; NaN stays NaN
        output = ops.stop_gradient(step) + (x - ops.stop_gradient(x))
        with contextlib.suppress(AttributeError):  # JAX's arrays take no attributes
            output._net_input = x  # as Keras' sigmoid keeps its logits
        return output

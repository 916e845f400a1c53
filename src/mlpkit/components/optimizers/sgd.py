"""Stochastic gradient descent."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import PlainGradient
from mlpkit.components.optimizers.rate_parts import ConstantRate


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class SGD(ComponentOptimizer):
    """Steepest descent: ``PlainGradient`` × ``ConstantRate``, w ← w − η·λ·w − η·g.

    Args:
        learning_rate: η, >= 0, or a schedule.
        keras_compatible: Accepted for symmetry: Keras' form is the same.
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0, 2.0])
        >>> SGD(0.5).apply([keras.ops.array([1.0, -1.0])], [w])
        >>> w.numpy().tolist()
        [0.5, 2.5]

    References:
        Cauchy 1847; Robbins & Monro 1951 for stochastic gradients.
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        *,
        keras_compatible: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            learning_rate, gradient=PlainGradient(), rate=ConstantRate(), **options
        )
        self.keras_compatible = keras_compatible

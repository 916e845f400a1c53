"""Gradient descent with Nesterov's momentum."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import HeavyBall
from mlpkit.components.optimizers.rate_parts import ConstantRate
from mlpkit.components.optimizers.run_time_values import RunTimeValue


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class Nesterov(ComponentOptimizer):
    """Momentum that looks one step ahead: ``HeavyBall(nesterov)`` × ``ConstantRate``.

    ::

        b ← μ·b + g      w ← w − η·λ·w − η·(g + μ·b)

    Args:
        learning_rate: η, >= 0, or a schedule; one with ``momentum(step)`` drives μ.
        momentum: μ, in [0, 1).
        keras_compatible: Keras' form b ← μ·b + η·g, w ← w − (η·g + μ·b).
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> Nesterov(0.5, momentum=0.5).apply([keras.ops.array([1.0])], [w])
        >>> w.numpy().tolist()
        [0.25]

    References:
        Nesterov 1983, in the form of Sutskever et al. 2013 with the gradient taken at
        the point looked ahead to, as in PyTorch.
    """

    momentum = RunTimeValue()

    def __init__(
        self,
        learning_rate: Any = 0.01,
        *,
        momentum: float = 0.9,
        keras_compatible: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(
            learning_rate,
            gradient=HeavyBall("momentum", rate_inside=keras_compatible, nesterov=True),
            rate=ConstantRate(),
            **options,
        )
        self.momentum = momentum
        self.keras_compatible = keras_compatible

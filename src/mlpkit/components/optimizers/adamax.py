"""AdaMax: Adam with the largest gradient as its measure."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import MovingAverage
from mlpkit.components.optimizers.rate_parts import LargestGradient
from mlpkit.components.optimizers.run_time_values import RunTimeValue, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class AdaMax(ComponentOptimizer):
    """Adam in the infinity norm: ``MovingAverage`` × ``LargestGradient``.

    ::

        m ← β₁·m + (1 − β₁)·g      u ← max(β₂·u, |g| + ε)
        w ← w − η·λ·w − η · m / (1 − Πβ₁) / u

    Args:
        learning_rate: η, >= 0, or a schedule; one with ``momentum(step)`` drives β₁.
            Keras' default is 0.001.
        beta_1: Decay of m, in [0, 1).
        beta_2: Decay of u, in [0, 1).
        epsilon: ε, > 0, so that u is never 0. Keras' default is 1e-7.
        keras_compatible: Keras' numbers for the same arguments: u ← max(β₂·u, |g|) and
            a division by u + ε.
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> AdaMax(0.1).apply([keras.ops.array([3.0])], [w])
        >>> w.numpy().round(4).tolist()
        [0.8999999761581421]

    References:
        Kingma & Ba 2015 (arXiv 1412.6980), algorithm 2, with ε inside the maximum as in
        PyTorch; the paper has no ε.
    """

    beta_1 = RunTimeValue()
    beta_2 = RunTimeValue()

    def __init__(
        self,
        learning_rate: Any = 2e-3,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        keras_compatible: bool = False,
        **options: Any,
    ) -> None:
        epsilon = check_positive(self, "epsilon", epsilon)
        super().__init__(
            learning_rate,
            gradient=MovingAverage("beta_1"),
            rate=LargestGradient(
                "beta_2", epsilon=epsilon, epsilon_outside=keras_compatible
            ),
            **options,
        )
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.keras_compatible = keras_compatible

"""AMSGrad: Adam whose rates never grow again."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import MovingAverage
from mlpkit.components.optimizers.rate_parts import CorrectedSquares
from mlpkit.components.optimizers.run_time_values import RunTimeValue, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class AMSGrad(ComponentOptimizer):
    """Adam with a memory: ``MovingAverage`` × ``CorrectedSquares(keep_largest)``.

    ::

        m ← β₁·m + (1 − β₁)·g      v ← β₂·v + (1 − β₂)·g²      x ← max(x, v)
        w ← w − η·λ·w − η · m / (1 − Πβ₁) / (√(x / (1 − Πβ₂)) + ε)

    Args:
        learning_rate: η, >= 0, or a schedule; one with ``momentum(step)`` drives β₁.
        beta_1: Decay of m, in [0, 1).
        beta_2: Decay of v, in [0, 1).
        epsilon: ε, > 0. Keras' default is 1e-7.
        keras_compatible: Keras' numbers for the same arguments: ε is added to √x
            before the correction.
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> AMSGrad(0.1).apply([keras.ops.array([3.0])], [w])
        >>> w.numpy().round(4).tolist()
        [0.8999999761581421]

    References:
        Reddi, Kale & Kumar 2018 (arXiv 1904.09237), who leave the corrections out; they
        are made here as PyTorch and Keras do, after the maximum.
    """

    beta_1 = RunTimeValue()
    beta_2 = RunTimeValue()

    def __init__(
        self,
        learning_rate: Any = 1e-3,
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
            rate=CorrectedSquares(
                "beta_2",
                epsilon=epsilon,
                epsilon_hat=keras_compatible,
                keep_largest=True,
            ),
            **options,
        )
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.keras_compatible = keras_compatible

"""Adam: a moving average over the root of a moving average."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import MovingAverage
from mlpkit.components.optimizers.rate_parts import CorrectedSquares
from mlpkit.components.optimizers.run_time_values import RunTimeValue, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class Adam(ComponentOptimizer):
    """Adaptive moments: ``MovingAverage`` of gradients × ``CorrectedSquares``.

    With products over all steps so far, so that β₁ and β₂ may change on the way::

        m ← β₁·m + (1 − β₁)·g      v ← β₂·v + (1 − β₂)·g²
        w ← w − η·λ·w − η · m / (1 − Πβ₁) / (√(v / (1 − Πβ₂)) + ε)

    Args:
        learning_rate: η, >= 0, or a schedule; one with ``momentum(step)`` drives β₁.
        beta_1: Decay of m, in [0, 1).
        beta_2: Decay of v, in [0, 1).
        epsilon: ε, > 0. Keras' default is 1e-7.
        keras_compatible: Keras' numbers for the same arguments: ε is added to √v
            before the correction, "epsilon hat" in the paper.
        **options: The options of ``ComponentOptimizer``; with ``weight_decay`` = λ this
            is AdamW.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0, 2.0])
        >>> Adam(0.1).apply([keras.ops.array([3.0, -4.0])], [w])
        >>> w.numpy().round(6).tolist()
        [0.8999999761581421, 2.0999999046325684]

    References:
        Kingma & Ba 2015 (arXiv 1412.6980), algorithm 1; Loshchilov & Hutter 2019
        (arXiv 1711.05101) for the decay, whose λ is multiplied by η as in PyTorch.
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
                "beta_2", epsilon=epsilon, epsilon_hat=keras_compatible
            ),
            **options,
        )
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.keras_compatible = keras_compatible

"""Nadam: Adam with Nesterov's momentum."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import NesterovAverage
from mlpkit.components.optimizers.rate_parts import CorrectedSquares
from mlpkit.components.optimizers.run_time_values import RunTimeValue, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class Nadam(ComponentOptimizer):
    """Adam that looks ahead: ``NesterovAverage`` × ``CorrectedSquares``.

    With μ_t = β₁·(1 − 0.96^(ψ·t) / 2), P_t = μ_1 ⋯ μ_t, and m, v as in Adam::

        d = μ_(t+1)·m / (1 − P_(t+1)) + (1 − μ_t)·g / (1 − P_t)
        w ← w − η·λ·w − η·d / (√(v / (1 − Πβ₂)) + ε)

    Args:
        learning_rate: η, >= 0, or a schedule; one with ``momentum(step)`` drives β₁.
            Keras' default is 0.001.
        beta_1: Decay of m, in [0, 1).
        beta_2: Decay of v, in [0, 1).
        epsilon: ε, > 0. Keras' default is 1e-7.
        keras_compatible: Keras' numbers for the same arguments: ψ = 1 where Dozat and
            PyTorch have ψ = 0.004, so that momentum rises 250 times faster.
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> Nadam(0.1).apply([keras.ops.array([3.0])], [w])
        >>> w.numpy().round(4).tolist()
        [0.8944000005722046]

    References:
        Dozat 2016, "Incorporating Nesterov Momentum into Adam".
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
            gradient=NesterovAverage("beta_1", pace=1.0 if keras_compatible else 0.004),
            rate=CorrectedSquares("beta_2", epsilon=epsilon, epsilon_hat=False),
            **options,
        )
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.keras_compatible = keras_compatible

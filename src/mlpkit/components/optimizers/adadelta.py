"""Adadelta: steps in the unit of earlier steps."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import PlainGradient
from mlpkit.components.optimizers.rate_parts import RatioOfUpdates
from mlpkit.components.optimizers.run_time_values import RunTimeValue, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class Adadelta(ComponentOptimizer):
    """Steps in the unit of earlier steps: ``PlainGradient`` × ``RatioOfUpdates``.

    ::

        s ← ρ·s + (1 − ρ)·g²      Δ = g·√(u + ε) / √(s + ε)
        u ← ρ·u + (1 − ρ)·Δ²      w ← w − η·λ·w − η·Δ

    Args:
        learning_rate: η, >= 0, or a schedule; the paper has none, which is 1. Keras'
            default is 0.001, a thousandth of it.
        rho: ρ, in [0, 1).
        epsilon: ε, > 0. Keras' default is 1e-7.
        keras_compatible: Accepted for symmetry: Keras' form is the same.
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> Adadelta(rho=0.75).apply([keras.ops.array([2.0])], [w])
        >>> w.numpy().round(4).tolist()
        [0.9980000257492065]

    References:
        Zeiler 2012 (arXiv 1212.5701), algorithm 1, with its ρ and ε.
    """

    rho = RunTimeValue()

    def __init__(
        self,
        learning_rate: Any = 1.0,
        *,
        rho: float = 0.95,
        epsilon: float = 1e-6,
        keras_compatible: bool = False,
        **options: Any,
    ) -> None:
        epsilon = check_positive(self, "epsilon", epsilon)
        super().__init__(
            learning_rate,
            gradient=PlainGradient(),
            rate=RatioOfUpdates("rho", epsilon=epsilon),
            **options,
        )
        self.rho = rho
        self.epsilon = epsilon
        self.keras_compatible = keras_compatible

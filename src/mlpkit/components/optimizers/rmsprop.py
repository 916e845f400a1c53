"""RMSprop: rates from a moving average of squared gradients."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import PlainGradient
from mlpkit.components.optimizers.rate_parts import MeanOfSquares
from mlpkit.components.optimizers.run_time_values import RunTimeValue, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class RMSprop(ComponentOptimizer):
    """AdaGrad that forgets: ``PlainGradient`` × ``MeanOfSquares``.

    ::

        s ← ρ·s + (1 − ρ)·g²      w ← w − η·λ·w − η·g / (√s + ε)
        centered: s − ḡ² in the place of s, with ḡ ← ρ·ḡ + (1 − ρ)·g

    Args:
        learning_rate: η, >= 0, or a schedule.
        rho: ρ, in [0, 1). Keras' default is 0.9.
        epsilon: ε, > 0. Keras' default is 1e-7.
        centered: Divide by the spread of the gradients, not by their size.
        keras_compatible: Keras' numbers for the same arguments: √(s + ε).
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> RMSprop(0.01, rho=0.75).apply([keras.ops.array([3.0])], [w])
        >>> w.numpy().round(4).tolist()
        [0.9800000190734863]

    References:
        Tieleman & Hinton 2012; Graves 2013 (arXiv 1308.0850) for the centered form.
        Rounding cannot make s − ḡ² negative here. η, ρ and ε are PyTorch's defaults.
    """

    rho = RunTimeValue()

    def __init__(
        self,
        learning_rate: Any = 0.01,
        *,
        rho: float = 0.99,
        epsilon: float = 1e-8,
        centered: bool = False,
        keras_compatible: bool = False,
        **options: Any,
    ) -> None:
        epsilon = check_positive(self, "epsilon", epsilon)
        super().__init__(
            learning_rate,
            gradient=PlainGradient(),
            rate=MeanOfSquares(
                "rho",
                epsilon=epsilon,
                centered=centered,
                epsilon_inside=keras_compatible,
            ),
            **options,
        )
        self.rho = rho
        self.epsilon = epsilon
        self.centered = centered
        self.keras_compatible = keras_compatible

"""AdaGrad: rates that shrink with the gradients seen."""

from typing import Any, final

import keras

from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.gradient_parts import PlainGradient
from mlpkit.components.optimizers.rate_parts import SumOfSquares
from mlpkit.components.optimizers.run_time_values import check_number, check_positive


@final
@keras.saving.register_keras_serializable(package="mlpkit")
class AdaGrad(ComponentOptimizer):
    """Rates that shrink where gradients were: ``PlainGradient`` × ``SumOfSquares``.

    ::

        s ← s + g²      w ← w − η·λ·w − η·g / (√s + ε)

    Args:
        learning_rate: η, >= 0, or a schedule.
        initial_accumulator_value: First s, >= 0. Keras' default is 0.1.
        epsilon: ε, > 0. Keras' default is 1e-7.
        keras_compatible: Keras' numbers for the same arguments: √(s + ε).
        **options: The options of ``ComponentOptimizer``.

    Raises:
        ValueError: An argument is out of its range.

    Example:
        >>> w = keras.Variable([1.0])
        >>> optimizer = AdaGrad(0.5)
        >>> for _ in range(2):
        ...     optimizer.apply([keras.ops.array([3.0])], [w])
        >>> w.numpy().round(4).tolist()
        [0.14640000462532043]

    References:
        Duchi, Hazan & Singer 2011, diagonal form; η and ε are PyTorch's defaults.
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        *,
        initial_accumulator_value: float = 0.0,
        epsilon: float = 1e-10,
        keras_compatible: bool = False,
        **options: Any,
    ) -> None:
        epsilon = check_positive(self, "epsilon", epsilon)
        initial_accumulator_value = check_number(
            self,
            "initial_accumulator_value",
            initial_accumulator_value,
            0,
            float("inf"),
            closed="left",
        )
        super().__init__(
            learning_rate,
            gradient=PlainGradient(),
            rate=SumOfSquares(
                epsilon=epsilon,
                start=initial_accumulator_value,
                epsilon_inside=keras_compatible,
            ),
            **options,
        )
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon
        self.keras_compatible = keras_compatible

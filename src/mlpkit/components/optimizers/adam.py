"""Adaptive moment estimation, as in the paper."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="mlpkit")
class Adam(keras.optimizers.Optimizer):
    """Adam: w ← w - η m̂ / (√v̂ + ε), moments m, v of the gradient g.

    m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g²; m̂ = m / (1 - Π β₁), v̂ = v / (1 - β₂ᵗ).
    β₁ is a variable, so that a schedule can cycle it inside a compiled step; hence the
    running product in its correction. Moments are float32 or wider, also for
    bfloat16 weights, which Keras' own Adam does not move.

    Args:
        learning_rate: η, > 0, or a schedule; one with ``momentum(step)`` sets β₁.
        beta_1: Decay of m, in [0, 1).
        beta_2: Decay of v, in [0, 1).
        epsilon: ε, > 0, added to √v̂ as in the paper (Keras adds 1e-7 to √v).
        **kwargs: Of `keras.optimizers.Optimizer`: weight decay, clipping, EMA, ….

    Raises:
        ValueError: A number out of its range.

    >>> variable = keras.Variable([1.0])
    >>> Adam(0.1).apply([ops.convert_to_tensor([3.0])], [variable])
    >>> variable.numpy().round(6).tolist()
    [0.8999999761581421]

    References: Kingma & Ba 2015, algorithm 1.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        *,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        **kwargs: Any,
    ) -> None:
        super().__init__(learning_rate=learning_rate, **kwargs)
        for name, beta in (("beta_1", beta_1), ("beta_2", beta_2)):
            if not 0 <= beta < 1:
                msg = f"Adam: {name} must be in [0, 1), got {beta}"
                raise ValueError(msg)
        if not epsilon > 0:
            msg = f"Adam: epsilon must be > 0, got {epsilon}"
            raise ValueError(msg)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def build(self, variables: list) -> None:
        """Create the moments and β₁ with its running product."""
        if self.built:
            return
        super().build(variables)
        self._beta_1 = self._scalar("beta_1", self.beta_1)
        self._product = self._scalar("beta_1_product", 1.0)
        self._moments = [self._slots(v) for v in variables]

    def _scalar(self, name: str, value: float) -> keras.Variable:
        variable = keras.Variable(value, dtype="float32", trainable=False, name=name)
        self._track_variable(variable)
        return variable

    def _slots(self, variable: Any) -> tuple[Any, Any]:
        dtype = _state_dtype(variable.dtype)
        return tuple(
            self.add_variable_from_reference(variable, name=name)
            if dtype == keras.backend.standardize_dtype(variable.dtype)
            else self.add_variable(variable.shape, "zeros", dtype, name=name)
            for name in ("momentum", "velocity")
        )

    def _backend_update_step(
        self, grads: list, trainable_variables: list, learning_rate: Any
    ) -> None:
        # once per step, not once per variable
        cycled = getattr(self._learning_rate, "momentum", lambda _: None)
        beta_1 = cycled(self._iterations)
        if beta_1 is not None:
            self._beta_1.assign(ops.cast(beta_1, "float32"))
        self._product.assign(self._product * self._beta_1)
        super()._backend_update_step(grads, trainable_variables, learning_rate)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Move one variable."""
        m, v = self._moments[self._get_variable_index(variable)]
        dtype = m.dtype
        g = ops.cast(gradient, dtype)
        beta_1 = ops.cast(self._beta_1, dtype)
        step = ops.cast(self.iterations + 1, dtype)
        self.assign(m, m + (1 - beta_1) * (g - m))
        self.assign(v, v + (1 - self.beta_2) * (ops.square(g) - v))
        m_hat = m / (1 - ops.cast(self._product, dtype))
        v_hat = v / (1 - ops.power(ops.cast(self.beta_2, dtype), step))
        change = ops.cast(learning_rate, dtype) * m_hat / (ops.sqrt(v_hat) + self.epsilon)
        self.assign_sub(variable, ops.cast(change, variable.dtype))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
        return {**super().get_config(), **own}


def _state_dtype(dtype: Any) -> str:
    dtype = keras.backend.standardize_dtype(dtype)
    return "float64" if dtype == "float64" else "float32"

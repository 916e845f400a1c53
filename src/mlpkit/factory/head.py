"""The output layer, float32: cross-entropies and exports need its digits."""

from dataclasses import dataclass

import keras

from mlpkit.components.layers import MemberDense, MemberGradient, ScaledDense
from mlpkit.config import ModelConfig
from mlpkit.factory.resolve import build_initializer
from mlpkit.factory.tasks import Task


@dataclass(frozen=True)
class Head:
    """From the last hidden layer to the answer.

    Attributes:
        task: Its activation and initializer.
        units: Outputs.
        config: The parametrization.
        seed: Of the initializer.
    """

    task: Task
    units: int
    config: ModelConfig
    seed: int

    def __call__(
        self,
        hidden: keras.KerasTensor,
        *,
        members: int | None = None,
        tabm: int | None = None,
    ) -> keras.KerasTensor:
        """Return the outputs ``(rows, units)``, led by the members where there are."""
        heads = members or tabm
        if self.config.parametrization == "standard" and heads is None:
            return self._dense()(hidden)
        logits = self._logits(heads)(hidden)
        if members is not None:
            logits = MemberGradient(members, dtype="float32", name="gradient")(logits)
        activation = self.task.activation
        last = keras.layers.Activation(activation, dtype="float32", name="output")
        return last(logits)

    def _dense(self) -> keras.layers.Dense:
        return keras.layers.Dense(
            self.units,
            activation=self.task.activation,
            kernel_initializer=self._start(),
            dtype="float32",
            name="output",
        )

    def _logits(self, members: int | None) -> keras.layers.Layer:
        if self.config.parametrization == "standard":
            return MemberDense(
                self.units,
                members=members or 1,
                kernel_initializer=self._start(),
                dtype="float32",
                name="logits",
            )
        # one logit for two classes moves as the difference of two would
        factor = 2.0 if self.task.activation == "sigmoid" else 1.0
        normal = keras.initializers.RandomNormal(stddev=factor**0.5, seed=self.seed)
        return ScaledDense(
            self.units,
            kernel_factor=factor,
            bias_factor=0.1 * factor,
            kernel_initializer=normal,
            members=members,
            dtype="float32",
            name="logits",
        )

    def _start(self) -> keras.initializers.Initializer:
        return build_initializer(
            self.task.initializer, activation=self.task.activation, seed=self.seed
        )

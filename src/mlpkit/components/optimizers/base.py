"""The optimizer that a gradient component and a learning-rate component make."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Self

import keras
from keras import ops

from mlpkit.components.optimizers import clipping
from mlpkit.components.optimizers.buffers import arrange
from mlpkit.components.optimizers.gradient_parts import GradientPart
from mlpkit.components.optimizers.options import (
    check_options,
    check_patterns,
    merge_signature,
)
from mlpkit.components.optimizers.rate_parts import RatePart
from mlpkit.components.optimizers.replicas import (
    dense_and_wide,
    outside_of_graphs,
    update_everywhere,
)
from mlpkit.components.optimizers.run_time_values import (
    RunTimeValue,
    make_scalar,
    run_time_values,
    scalar_dtype,
)
from mlpkit.components.optimizers.state import State
from mlpkit.components.optimizers.step import Step
from mlpkit.components.optimizers.weight_decay import decays, patterns_for


class ComponentOptimizer(keras.optimizers.Optimizer):
    """A Keras optimizer made of two parts: where to go, and how far.

    One step is ``w ← w − η·λ·w − η·rate(direction(g))``, after gradients are summed
    over replicas and accumulated batches, and clipped. State is float32 or wider; what
    a narrower variable cannot hold of its value is kept beside it: small steps count.

    A subclass declares its hyperparameters as ``RunTimeValue`` and hands two parts to
    this constructor. Its other options are the keyword arguments below.

    Args:
        learning_rate: η, >= 0, or a schedule. A schedule with ``momentum(step)`` also
            drives the momentum (β₁) of optimizers that have one.
        gradient: The gradient component.
        rate: The learning-rate component.
        weight_decay: λ >= 0, decoupled; None leaves the operation out.
        weight_decay_exclude: Regular expressions for variables that do not decay; each
            is matched with the variable's name and with its path, as a whole.
        clipnorm: Largest norm of each variable's gradient, > 0.
        clipvalue: Largest gradient element, > 0.
        global_clipnorm: Largest norm of all gradients together, > 0.
        use_ema: Keep moving averages of the weights.
        ema_momentum: Their decay, in [0, 1].
        ema_overwrite_frequency: Updates between overwriting weights by averages.
        loss_scale_factor: Fixed scale of the loss, > 0.
        gradient_accumulation_steps: Batches per update, >= 2. Schedules count batches.
        skip_nonfinite: Leave everything as it was in a step whose gradient is not
            finite, or so large (about 1e17 in float32, 1e152 in float64) that its
            square is not, and count it in ``skipped_steps``: one NaN would otherwise
            stay in the weights for good. False saves reading the gradient once more.
        name: Name of the optimizer.

    Raises:
        ValueError: An argument is out of its range.
    """

    weight_decay = RunTimeValue(0.0, float("inf"), optional=True)
    skipped_steps: Any
    """Integer variable: updates skipped for gradients that were not finite."""
    built: bool
    _learning_rate: Any

    def __init__(  # noqa: PLR0913 - Keras' contract has these
        self,
        learning_rate: Any,
        *,
        gradient: GradientPart,
        rate: RatePart,
        weight_decay: float | None = None,
        weight_decay_exclude: Sequence[str] = ("bias", "alpha", "gamma", "beta"),
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        skip_nonfinite: bool = True,
        name: str | None = None,
    ) -> None:
        options = {
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
            "use_ema": use_ema,
            "ema_momentum": ema_momentum,
            "ema_overwrite_frequency": ema_overwrite_frequency,
            "loss_scale_factor": loss_scale_factor,
            "gradient_accumulation_steps": gradient_accumulation_steps,
        }
        learning_rate = check_options(self, learning_rate, options)
        super().__init__(learning_rate, name=name, **options)
        if isinstance(learning_rate, float):
            # Keras' own variable is float32, where 0.001 comes back as 0.00100000005.
            self._untrack_variable(self._learning_rate)
            self._learning_rate = make_scalar(self, "learning_rate", learning_rate)
        self.skipped_steps = make_scalar(self, "skipped_steps", 0, "int")
        self.weight_decay = weight_decay
        self.weight_decay_exclude = check_patterns(self, weight_decay_exclude)
        self.skip_nonfinite = skip_nonfinite
        self.parts = (gradient, rate)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        merge_signature(cls, ComponentOptimizer)

    def build(self, variables: Sequence[Any]) -> None:
        """Create the state for these variables; their order is that of checkpoints."""
        if self.built:
            return
        own = self.__dict__  # assigning these attributes would make them state to save
        own["_trainable_variables"] = list(variables)
        own["_trainable_variables_indices"] = {
            self._var_key(v): i for i, v in enumerate(variables)
        }
        decayed = [decays(v, self.weight_decay_exclude) for v in variables]
        with outside_of_graphs():
            self.state = State(self, arrange(variables, decayed))
        own["_model_variables_moving_average"] = self.state.averages
        own["_accumulated_gradients"] = self.state.overwritten
        self.built = True

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Update the variables; see ``keras.optimizers.Optimizer.apply``."""
        known = self._trainable_variables
        if trainable_variables is not None:
            known = trainable_variables = list(trainable_variables)
        if len(known) == len(grads):
            pairs = zip(grads, known, strict=True)
            grads = [dense_and_wide(g, v) for g, v in pairs]
        super().apply(grads, trainable_variables)

    def _backend_apply_gradients(
        self, grads: Sequence[Any], trainable_variables: Sequence[Any]
    ) -> None:
        """Keras' hook around clipping, decay, update and averages: all done here."""
        indices = [self._get_variable_index(v) for v in trainable_variables]
        update_everywhere(
            lambda summed: self._update(dict(zip(indices, summed, strict=True))),
            grads,
            self._iterations.value,
        )

    def _update(self, gradients: dict[int, Any]) -> None:
        """One step, with the gradients of all replicas, by index of the variable."""
        buffers = [
            b for b in self.state.buffers if not gradients.keys().isdisjoint(b.indices)
        ]
        packed = [b.pack(gradients) for b in buffers]
        packed, live = self.state.gate(buffers, packed)
        packed = clipping.clip(packed, buffers, self)
        numbers = self._prepare(live)
        for buffer, gradient in zip(buffers, packed, strict=True):
            buffer.update(
                self.parts, gradient, numbers, gradients.keys(), self.assign_sub
            )
        if self.use_ema:
            self.state.average(live)

    def _prepare(self, live: Any | None) -> dict[str, Any]:
        """The scalars of this step, and the counters moved on."""
        values = {n: ops.convert_to_tensor(v) for n, v in run_time_values(self)}
        cycle = self._cycle()
        if cycle is not None:
            name = self.parts[0].cycled
            values[name] = ops.cast(cycle(self._iterations), scalar_dtype())
            getattr(self, name).assign(values[name])
        counters = self.state.counters
        step = Step(
            ops.cast(self.learning_rate, scalar_dtype()),
            number=ops.cast(self.state.updates_done() + 1, scalar_dtype()),
            values=values,
            counters={n: ops.convert_to_tensor(v) for n, v in counters.items()},
            live=live,
        )
        numbers = {}
        if self.weight_decay is not None:
            numbers["shrink"] = step.learning_rate * values["weight_decay"]
        for part in self.parts:
            numbers |= part.prepare(step)
        for name, variable in counters.items():
            variable.assign(step.counters[name])
        return numbers | {"rate": step.learning_rate}

    def _cycle(self) -> Callable[[Any], Any] | None:
        """The schedule's momentum, if it has one and this optimizer can cycle it."""
        momentum = getattr(self._learning_rate, "momentum", None)
        if not self.parts[0].cycled or not callable(momentum):
            return None
        return None if momentum(0) is None else momentum

    def driven_by_schedule(self, name: str) -> bool:
        """Whether the schedule's ``momentum(step)`` sets this hyperparameter."""
        return name == self.parts[0].cycled and self._cycle() is not None

    def exclude_from_weight_decay(
        self, var_list: Any = None, var_names: Any = None
    ) -> None:
        """Keep more variables from decaying; the choice is part of the config.

        Args:
            var_list: Variables.
            var_names: Regular expressions to be found anywhere in a variable's path.

        Raises:
            ValueError: The optimizer is built, so that it is too late.
        """
        if self.built:
            raise ValueError(
                f"{type(self).__name__}: exclude_from_weight_decay must be called "
                f"before build, got var_list={var_list}, var_names={var_names}"
            )
        more = patterns_for(var_list or (), var_names or ())
        self.weight_decay_exclude = check_patterns(
            self, [*self.weight_decay_exclude, *more]
        )

    def _overwrite_model_variables_with_average_value(
        self, trainable_variables: Sequence[Any]
    ) -> None:
        averages = self._model_variables_moving_average
        for variable, average in zip(trainable_variables, averages, strict=True):
            if average is not None:
                variable.assign(ops.cast(average, variable.dtype))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, with the values that variables have now."""
        config = super().get_config()
        for name in inspect.signature(type(self)).parameters:
            kind = getattr(type(self), name, None)
            if isinstance(kind, RunTimeValue):
                config[name] = kind.config(self)
            elif name not in config:
                value = getattr(self, name)
                config[name] = list(value) if isinstance(value, tuple) else value
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """An optimizer from its config, which stays as it is."""
        return super().from_config(dict(config), custom_objects=custom_objects)

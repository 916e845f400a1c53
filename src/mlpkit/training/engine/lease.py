"""A model's use of a loop that may have been traced with another model."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.training.engine.executor import Executor
from mlpkit.training.engine.loop import Loop
from mlpkit.training.engine.numbers import inner_optimizer
from mlpkit.training.engine.variables import (
    Values,
    handles,
    parts,
    run_time_values,
    variables_of,
)


class Lease:
    """The use of a loop by a model: the loop's graph runs on the model's own variables.

    A graph takes the variables of the model that it was traced with as inputs, by their
    handles. Here it is called with those of this model in their places: nothing is
    copied, and the model that the loop came from takes no part in it.

    Args:
        loop: From `loop_for`; one training at a time, within its ``lock``.
        model: The model to train.
        steps: That the training is likely to take.
    """

    def __init__(
        self, loop: Loop, model: keras.Model, *, steps: float = math.inf
    ) -> None:
        self.loop = loop
        self.model = model
        # a model that was compiled anew keeps its weights and has another optimizer
        self.variables = variables_of(model)
        strategy = model.distribute_strategy
        own = handles(strategy, [*self.variables, *run_time_values(model)])
        places = {id(h): own[i] for i, h in enumerate(loop.handles)}
        self._captured = [places.get(id(c), c) for c in loop.captured]
        self._before = Values(parts(strategy, [*self.variables, *loop.averages]))
        self.steps = steps
        self.executor = Executor.of(model, loop.plan, loop.depth, steps)

    @property
    def iterations(self) -> int:
        """How many steps the model's optimizer has behind it."""
        return int(inner_optimizer(self.model.optimizer)._iterations.numpy())

    def __call__(self, *data: Any, **control: Any) -> dict[str, Any]:
        """Train the model; arguments and result as of `Loop`.

        Raises:
            UsageError: An operation has no deterministic form, and is asked for one.
        """
        try:
            return self._call(*data, **control)
        except tf.errors.UnimplementedError as error:
            if not self.executor.deterministic:
                raise
            msg = "fit: on a GPU this network does not give the same bits again; give "
            raise UsageError(f"{msg}deterministic=False ({error.message})") from error

    def _call(self, *data: Any, **control: Any) -> dict[str, Any]:
        self._before.read()
        self.loop.dropout.take_rates(self.model)
        with self.executor():
            return self.loop(*data, captured=self._captured, **control)

    def undo(self) -> None:
        """Go back to before the last call."""
        self._before.write()

    def take_the_best(self) -> None:
        """Give the model the weights of the best epoch."""
        self.loop.best.restore(self.model.weights)

    def take_the_average(self) -> None:
        """Give the model the average of its weights, if an epoch has made one."""
        if self.loop.averaged is not None and self.loop.averaged.epochs:
            self.loop.averaged.restore(self.model.weights)

    def works(self, rows: Sequence[Any], validation: Sequence[Any]) -> bool:
        """Tell whether the loop can run: XLA knows fewer operations than TensorFlow.

        If that is not known yet, a step is done and undone.

        Args:
            rows: As the loop takes them, one is enough.
            validation: Likewise.
        """
        plan = self.loop.plan
        if self.loop.proven:
            return True
        each = [] if plan.members is None else [plan.members]
        order = np.zeros([1, plan.batch_size, *each], np.int32)
        table = np.zeros([1, 1, len(self.loop.numbers.names)])
        control = {"first_step": 0, "last_step": 1, "epoch": 0, "best": 0.0}
        control |= {"best_epoch": 0, "patience": 0}
        control |= {"reset": True, "finish": False, "validate": False}
        try:
            self._call(rows, order, table, validation, **control)
        except tf.errors.OpError:
            return False
        self.undo()
        return True

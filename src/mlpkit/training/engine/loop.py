"""Whole epochs as one graph: steps, validation, the best weights, early stopping."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import RLock
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from mlpkit.training.engine.averaged import AveragedWeights
from mlpkit.training.engine.dropout import RunTimeDropout
from mlpkit.training.engine.executor import depth, exactly
from mlpkit.training.engine.free_widths import FreeWidths
from mlpkit.training.engine.logs import (
    EpochLogs,
    Logs,
    Shapes,
    metric_logs,
    own_logs,
    picked,
    zeros,
)
from mlpkit.training.engine.numbers import StepNumbers
from mlpkit.training.engine.plan import CONTROL, Plan
from mlpkit.training.engine.replica_checks import check_replicas
from mlpkit.training.engine.replicas import test_step
from mlpkit.training.engine.steps import Steps, Tensors, members_first
from mlpkit.training.engine.variables import (
    Copies,
    handles,
    run_time_values,
    variables_of,
)
from mlpkit.training.engine.vectors import CopiedVectors
from mlpkit.training.engine.workers import workers_needed


class Loop:
    """A compiled model's training loop, for rows, epochs and seeds of any number.

    Args:
        model: Compiled and built, with its optimizer.
        structure: Nested x, y and sample weights, of `tf.TensorSpec` ``(None, …)``.
        validation_structure: Likewise of the validation rows, or None.
        plan: What the graph is made for.
        free: Widths of the model that it is not made for.
    """

    def __init__(
        self,
        model: keras.Model,
        structure: Any,
        validation_structure: Any,
        plan: Plan,
        free: FreeWidths | None = None,
    ) -> None:
        check_replicas(model)
        self.model = model
        self.plan = plan
        self.numbers = StepNumbers(model, plan.factors)
        self.lock = RLock()
        self.proven = False  # whether it ever ran
        self.step_seconds: float | None = None  # about; tells how long calls may be
        strategy = model.distribute_strategy
        variables = variables_of(model)
        # those of the graph, whatever the model is compiled with later
        self.handles = handles(strategy, [*variables, *run_time_values(model)])
        self._lower = plan.monitor is None or plan.monitor.lower_is_better
        self._structure = structure
        self._validation_structure = validation_structure
        self._steps = Steps(
            model,
            structure,
            self.numbers,
            batch_size=plan.batch_size,
            block_steps=plan.block_steps,
            members=plan.members is not None,
        )
        with strategy.scope():
            self.averaged: AveragedWeights | None = None
            if plan.weight_averaging is not None:
                self.averaged = AveragedWeights(model.weights, plan.weight_averaging)
            self.best = self._copies(free)
            self.dropout = RunTimeDropout(model, self.numbers)
        widths = nullcontext() if free is None else free.while_traced(model)
        way = exactly(model, plan)  # functions choose their operations by it
        with widths, way, self.numbers.in_the_optimizer(), self.dropout.in_the_layers():
            self._own = own_logs(model, self._steps.one, structure)
            self._own_test: Shapes = {}
            if validation_structure is not None:
                self._own_test = own_logs(model, self._test, validation_structure)
            self._run = tf.function(self._epochs, autograph=False)
            self._run = self._run.get_concrete_function(
                *plan.signature(structure, validation_structure, self.numbers.names)
            )
        self.depth = depth(self._run.graph)
        # what it takes beside its arguments: handles of variables
        self.captured: list[Any] = self._run.captured_inputs

    @property
    def averages(self) -> list[tf.Variable]:
        """What the averaged weights depend on, if there are some."""
        return [] if self.averaged is None else self.averaged.state

    def __call__(
        self,
        rows: Tensors,
        orders: Any,
        table: Any,
        validation: Tensors = (),
        *,
        captured: Sequence[Any],
        **control: Any,
    ) -> dict[str, Any]:
        """Train the model whose variables are captured; see `Lease`.

        Args:
            rows: Flat x, y and sample weights, each ``(rows, …)``.
            orders: Row numbers, ``(epochs, rows used)``.
            table: Numbers of every step, ``(epochs, steps, columns)``.
            validation: As ``rows``, of the validation rows.
            captured: As `captured`, the variables replaced by those of a model.
            **control: ``first_step`` and ``last_step`` to run of each epoch; the
                first ``epoch``'s number; the ``best`` value so far, its ``best_epoch``,
                and ``patience`` (0: none); whether to ``reset`` the metrics first, and
                to ``finish`` the epoch: compare, and ``validate`` if asked.

        Returns:
            ``logs``, name → values ``(epochs, …)``; ``epochs`` done; ``best`` and
            ``best_epoch``; ``bad_step``, the step of the last epoch whose loss was not
            finite, or -1.
        """
        with workers_needed(self.model.distribute_strategy):
            order, numbers = tf.constant(orders, tf.int32), tf.constant(table, "double")
            flat = [*rows, order, numbers, *validation, *self.plan.control(**control)]
            found = self._run._call_flat(flat, [*captured])
            self.proven = True
            found = keras.tree.map_structure(lambda t: t.numpy(), found)
            return {**found, "logs": self._logs.by_name(found["logs"])}

    def _epochs(
        self,
        rows: Tensors,
        orders: tf.Tensor,
        table: tf.Tensor,
        validation: Tensors,
        *control: tf.Tensor,
    ) -> dict[str, Any]:
        given = dict(zip(CONTROL, control, strict=True))
        count = tf.shape(orders)[0]
        self._logs = EpochLogs(self._log_shapes())

        def one_epoch(e: tf.Tensor, state: dict[str, Any]) -> tuple[Any, ...]:
            first, last = given["first_step"], given["last_step"]
            tf.cond(given["reset"], self._reset_metrics, lambda: None)
            bad, own = self._steps(
                rows, orders[e], table[e], first, last, zeros(self._own)
            )
            logs = own or metric_logs(self.model)
            done = given["finish"] & (bad < 0)
            with self._average(done):
                if self._validation_structure is not None:
                    due = done & given["validate"]
                    logs = {**logs, **self._validate(validation, due)}
                if self.plan.monitor is not None:
                    value = self.plan.monitor.value(logs)
                    if self.plan.monitor.name in self._own:  # what a step has returned
                        done &= first < last
                    state |= self._compare(value, state, given["epoch"] + e, done)
            state = {**state, "bad_step": bad, "epochs": e + 1}
            state["logs"] = self._logs.write(state["logs"], e, logs)
            return e + 1, state

        def goes_on(e: tf.Tensor, state: dict[str, Any]) -> tf.Tensor:
            last = tf.reduce_max(state["best_epoch"])
            waited = given["epoch"] + e - 1 - last
            patient = tf.equal(given["patience"], 0) | (waited < given["patience"])
            return (e < count) & (state["bad_step"] < 0) & (tf.equal(e, 0) | patient)

        start = {
            "bad_step": tf.constant(-1),
            "best": given["best"],
            "best_epoch": given["best_epoch"],
            "epochs": tf.constant(0),
            "logs": self._logs.start(count),
        }
        _, end = tf.while_loop(goes_on, one_epoch, (tf.constant(0), start))
        logs = {n: v.stack()[: end["epochs"]] for n, v in end["logs"].items()}
        return {**end, "logs": logs}

    def _copies(self, free: FreeWidths | None) -> Copies | CopiedVectors:
        """Where the best weights go; members have a best epoch each, averages one."""
        if self.plan.monitor and self.averaged and self.plan.members is None:
            return CopiedVectors(self.averaged.average)
        weights = self.model.weights if self.plan.monitor else []
        return Copies(weights, None if free is None else free.shape)

    def _average(self, due: tf.Tensor) -> AbstractContextManager[None]:
        """Count the weights in, if that is due, and evaluate their average."""
        return nullcontext() if self.averaged is None else self.averaged.counting(due)

    def _compare(
        self, value: tf.Tensor, state: Mapping[str, Any], epoch: tf.Tensor, done: Any
    ) -> dict[str, tf.Tensor]:
        """Keep the weights of the last of the best epochs; NaN is never best."""
        best = state["best"]
        better = done & tf.where(self._lower, value <= best, value >= best)
        self.best.keep(better)
        return {
            "best": tf.where(better, value, state["best"]),
            "best_epoch": tf.where(better, epoch, state["best_epoch"]),
        }

    def _validate(self, rows: Tensors, due: tf.Tensor) -> Logs:
        """Metrics of the validation rows, named "val_…"; NaN if not due."""
        size = self.plan.validation_batch_size
        count = tf.where(due, tf.shape(rows[0])[0], 0)
        tf.cond(due, self._reset_metrics, lambda: None)

        def step(start: tf.Tensor, _: Logs) -> tuple[Any, ...]:
            part = [r[start : start + size] for r in rows]
            if self.plan.members is not None:
                part = [members_first(p) for p in part]
            batch = keras.tree.pack_sequence_as(self._validation_structure, part)
            return start + size, picked(self._test(batch), self._own_test)

        _, own = tf.while_loop(
            lambda start, _: start < count,
            step,
            (tf.constant(0), zeros(self._own_test)),
        )
        logs = own or metric_logs(self.model)
        return {f"val_{n}": tf.where(due, v, np.nan) for n, v in logs.items()}

    def _test(self, batch: Any) -> Any:
        return test_step(self.model, batch, self.plan.validation_batch_size)

    def _log_shapes(self) -> dict[str, tf.TensorShape]:
        metrics = {n: v.shape for n, v in metric_logs(self.model).items()}
        shapes = dict(self._own or metrics)
        if self._validation_structure is not None:
            tested = self._own_test or metrics
            shapes |= {f"val_{name}": shape for name, shape in tested.items()}
        return shapes

    def _reset_metrics(self) -> None:
        self.model.reset_metrics()

"""Where a network is built and trained: device and `tf.distribute` strategy."""

import json
import os
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import tensorflow as tf

from mlpkit.config import TrainingConfig
from mlpkit.errors import UsageError
from mlpkit.training.engine import is_chief


def placement(config: TrainingConfig) -> AbstractContextManager:
    """Return the context in which the model must be built and trained.

    | strategy     | device     | result                                          |
    |--------------|------------|-------------------------------------------------|
    | none         | auto       | TensorFlow's choice: the GPU where there is one |
    | none         | cpu, gpu:1 | that device                                     |
    | one_device   | any        | `OneDeviceStrategy`                             |
    | mirrored     | auto, gpu  | `MirroredStrategy` over all GPUs                |
    | mirrored     | cpu        | over all logical CPUs                           |
    | multi_worker | auto       | `MultiWorkerMirroredStrategy`, see below        |
    | tpu          | auto       | `TPUStrategy`; untested on hardware             |

    With "multi_worker" the same command is started once on every machine, with the same
    data and files, and the environment variable ``TF_CONFIG`` that tells who is who, in
    the second process here:

        {"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]},
         "task": {"type": "worker", "index": 1}}

    It must be asked for before TensorFlow computes anything. Worker 0 is the chief: it
    alone writes files, so that a checkpoint must lie where all workers can read it.

    Raises:
        UsageError: The machine has no such device, or `TF_CONFIG` is missing or wrong.
    """
    strategy = _strategy(config)
    if strategy is not None:
        return strategy.scope()
    return (
        nullcontext()
        if config.device == "auto"
        else tf.device(_devices(config.device)[0])
    )


def writes_files(config: TrainingConfig) -> bool:
    """Tell whether this process is the one that writes files and shows the progress.

    With "multi_worker" it also joins the others.

    Raises:
        UsageError: As in `placement`.
    """
    return config.strategy != "multi_worker" or is_chief(_strategy(config))


def _strategy(config: TrainingConfig) -> tf.distribute.Strategy | None:
    """One strategy for equal devices: two would send over one another's channels."""
    if config.strategy in {"multi_worker", "tpu"} and config.device != "auto":
        msg = f"training.device must be 'auto' with strategy {config.strategy!r}, got"
        raise UsageError(f"{msg} {config.device!r}")
    if config.strategy == "tpu":
        return _tpu()
    if config.strategy == "multi_worker":
        return _multi_worker(_cluster())
    if config.strategy == "none":
        return None
    devices = _devices(config.device)
    if config.strategy == "one_device":
        return _one_device(devices[0])
    return _mirrored(tuple(devices))


def _devices(name: str) -> list[str]:
    """The logical devices that the name means, e.g. ``["GPU:0", "GPU:1"]``."""
    kind, _, index = name.partition(":")
    gpus = tf.config.list_logical_devices("GPU")
    cpus = tf.config.list_logical_devices("CPU")
    found = {"cpu": cpus, "gpu": gpus, "auto": gpus or cpus}[kind]
    names = [device.name.removeprefix("/device:") for device in found]
    if index:
        names = [n for n in names if n.endswith(f":{index}")]
    if not names:
        known = ", ".join(d.name.removeprefix("/device:") for d in cpus + gpus)
        msg = f"training.device: this machine has no {name!r}; known: {known}"
        raise UsageError(msg)
    return names


def _cluster() -> str:
    """`TF_CONFIG`, checked: TensorFlow would take a missing one for a single worker."""
    text = os.environ.get("TF_CONFIG", "")
    try:
        told: Any = json.loads(text)
        workers = [*told["cluster"].get("chief", []), *told["cluster"]["worker"]]
        task = told["task"]
        here = told["cluster"][task["type"]][int(task["index"])]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        here, workers = None, []
    if here is None or len(set(workers)) != len(workers) or here not in workers:
        msg = (
            "training.strategy 'multi_worker' needs the environment variable TF_CONFIG "
            'as {"cluster": {"worker": ["host:port", …]}, "task": {"type": "worker", '
            f'"index": 0}}}}, the index of this worker among them; got {text!r}'
        )
        raise UsageError(msg)
    return text


@cache
def _one_device(device: str) -> tf.distribute.Strategy:
    return tf.distribute.OneDeviceStrategy(device)


@cache
def _mirrored(devices: tuple[str, ...]) -> tf.distribute.Strategy:
    return tf.distribute.MirroredStrategy(list(devices))


@cache
def _multi_worker(_: str) -> tf.distribute.Strategy:
    try:
        return tf.distribute.MultiWorkerMirroredStrategy()
    except RuntimeError as error:
        if "startup" not in str(error):
            raise
        msg = (
            "training.strategy 'multi_worker' must be set up before TensorFlow "
            "computes anything in this process; enter `placement` first"
        )
        raise UsageError(msg) from None


@cache
def _tpu() -> tf.distribute.Strategy:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver()
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
        return tf.distribute.TPUStrategy(resolver)
    except (ValueError, tf.errors.OpError) as error:
        msg = f"training.strategy: this machine reaches no TPU ({error})"
        raise UsageError(msg) from None

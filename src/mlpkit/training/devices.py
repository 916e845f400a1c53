"""Where a network is built and trained: device and `tf.distribute` strategy."""

from contextlib import AbstractContextManager, nullcontext

import tensorflow as tf

from mlpkit.config import TrainingConfig
from mlpkit.errors import UsageError


def placement(config: TrainingConfig) -> AbstractContextManager:
    """Return the context in which the model must be built and trained.

    | strategy     | device     | result                                          |
    |--------------|------------|-------------------------------------------------|
    | none         | auto       | TensorFlow's choice: the GPU where there is one |
    | none         | cpu, gpu:1 | that device                                     |
    | one_device   | any        | `OneDeviceStrategy`                             |
    | mirrored     | auto, gpu  | `MirroredStrategy` over all GPUs                |
    | mirrored     | cpu        | over all logical CPUs                           |
    | tpu          | auto       | `TPUStrategy`; untested on hardware             |

    Raises:
        UsageError: The machine has no such device.
    """
    if config.strategy == "tpu":
        return _tpu().scope()
    devices = _devices(config.device)
    if config.strategy == "none":
        return nullcontext() if config.device == "auto" else tf.device(devices[0])
    if config.strategy == "one_device":
        return tf.distribute.OneDeviceStrategy(devices[0]).scope()
    return tf.distribute.MirroredStrategy(devices).scope()


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


def _tpu() -> tf.distribute.Strategy:
    try:
        resolver = tf.distribute.cluster_resolver.TPUClusterResolver()
        tf.config.experimental_connect_to_cluster(resolver)
        tf.tpu.experimental.initialize_tpu_system(resolver)
        return tf.distribute.TPUStrategy(resolver)
    except (ValueError, tf.errors.OpError) as error:
        msg = f"training.strategy: this machine reaches no TPU ({error})"
        raise UsageError(msg) from None

"""What machine a result was measured on."""

import os
import platform
import time
from pathlib import Path

import keras
import tensorflow as tf


def machine() -> dict:
    """Where the figures come from."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((x.split(":")[1].strip() for x in lines if "model name" in x), "")
    gpus = [
        tf.config.experimental.get_device_details(g).get("device_name", "GPU")
        for g in tf.config.list_physical_devices("GPU")
    ]
    return {
        "cpu": model or platform.processor(),
        "cores": os.cpu_count(),
        **({"gpu": gpus[0]} if gpus else {}),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "date": time.strftime("%Y-%m-%d"),
    }

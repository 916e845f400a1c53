"""Run by `verify_export` as a script: asks a SavedModel with TensorFlow alone."""

import sys

import numpy as np
import tensorflow as tf


def main() -> None:
    """Read the rows, ask `serving_default`, write the answers."""
    model, asked, answered, *names = sys.argv[1:]
    serve = tf.saved_model.load(model).signatures["serving_default"]
    with np.load(asked) as rows:
        columns = {n: tf.constant(rows[f"column_{i}"]) for i, n in enumerate(names)}
    answers = {name: tensor.numpy() for name, tensor in serve(**columns).items()}
    if "mlpkit" in sys.modules:
        message = "the SavedModel must run without mlpkit, which was imported"
        raise RuntimeError(message)
    texts = {k: v.astype("S") if v.dtype == object else v for k, v in answers.items()}
    np.savez(answered, **texts)


if __name__ == "__main__":
    main()

"""Call the exported penguin model on raw rows; imports TensorFlow and nothing else."""

from pathlib import Path

import tensorflow as tf

versions = Path("saved_models/penguins").glob("[0-9]*")
path = max(versions, key=lambda version: int(version.name))
model = tf.saved_model.load(str(path))

MISSING = -(2**63)  # how a missing whole number is said; NaN and "" for the others
answers = model.signatures["serving_default"](
    island=tf.constant(["Torgersen", "Biscoe", "Atlantis"]),  # one nobody has seen
    bill_length_mm=tf.constant([39.1, 46.1, float("nan")]),
    bill_depth_mm=tf.constant([18.7, 13.2, 17.9]),
    flipper_length_mm=tf.constant([181, 211, MISSING], tf.int64),
    body_mass_g=tf.constant([3750, 4500, 3650], tf.int64),
    sex=tf.constant(["male", "female", ""]),
    year=tf.constant([2007, 2008, MISSING], tf.int64),
)
labels = model.signatures["labels"]()["labels"].numpy()
print(f"{path}: three raw rows")
for answer, scores in zip(answers["classes"].numpy(), answers["scores"].numpy()):
    shown = "  ".join(f"{n.decode()} {s:.3f}" for n, s in zip(labels, scores))
    print(f"  {answer.decode():10} {shown}")

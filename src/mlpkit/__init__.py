"""From a table to a served feed-forward network, on Keras 3 and TensorFlow."""

"""What every activation layer shares."""

from typing import Any, ClassVar

import keras
from keras import ops


class Elementwise(keras.layers.Layer):
    """Abstract layer y = f(x) for every element, in any float type and shape.

    A subclass writes ``curve``. It gets float32 or float64: rounding float16 and
    bfloat16 once, at the end, is several times more accurate than after each operation,
    and XLA fuses the two casts away.
    """

    #: False where Keras' operation is exact, or as good, in half precision.
    widen: ClassVar[bool] = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def curve(self, x: Any) -> Any:
        """Return f(x), same shape and type."""
        raise NotImplementedError

    def call(self, inputs: Any) -> Any:
        """Return f of the inputs, same shape, in the layer's compute type."""
        if not self.widen:
            return self.curve(inputs)
        return self.narrowed(self.curve(self.widened(inputs)))

    def widened(self, x: Any) -> Any:
        """Return x as float32, or as it is where it is float64."""
        if keras.backend.standardize_dtype(x.dtype) == "float64":
            return x
        return ops.cast(x, "float32")

    def narrowed(self, x: Any) -> Any:
        """Return x in the layer's compute type."""
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the input's shape."""
        return input_shape

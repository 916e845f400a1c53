import keras
import numpy as np
import pandas as pd
import polars as pl
import pytest
import tensorflow as tf

from mlpkit.errors import DataError, UsageError
from mlpkit.training.rows import Rows, split_off

X = np.arange(12.0).reshape(6, 2)


@pytest.mark.parametrize(
    "make",
    [
        list,
        np.asarray,
        tf.constant,
        pd.DataFrame,
        lambda x: pl.DataFrame(x, schema=["a", "b"], orient="row"),
        keras.ops.convert_to_tensor,
        lambda x: np.asarray(x, np.float16),
    ],
    ids=["list", "numpy", "tensor", "pandas", "polars", "keras", "half"],
)
def test_arrays_of_any_make(make):
    rows = Rows.of(make(X.tolist()), [0, 1, 2, 3, 4, 5])
    assert rows.count == 6
    np.testing.assert_array_equal(rows.tensors[0], X)
    assert rows.tensors[0].dtype == tf.float32
    assert rows.tensors[1].dtype.is_integer
    x, y = rows.batch([4, 1])
    assert x.numpy().tolist() == [[8, 9], [2, 3]]
    assert y.numpy().tolist() == [4, 1]


def test_structures_stay():
    rows = Rows.of({"a": X, "b": (X, np.array(["x"] * 6))}, X)
    x, y = rows.batch([0])
    assert x["b"][1].numpy().tolist() == [b"x"]
    assert y.shape == (1, 2)
    assert rows.first(2).count == 2


def test_digest_tells_values_apart():
    assert Rows.of(X).digest == Rows.of(X.copy()).digest
    assert Rows.of(X).digest != Rows.of(X + 1e-6).digest
    assert Rows.of(["a", "b"]).digest != Rows.of(["a", "c"]).digest


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "bool", "int64"])
def test_values_of_any_width_are_checked_and_told_apart(dtype):
    some, other = (tf.cast([[1.0], [v]], dtype) for v in (1.0, 0.0))
    assert Rows.of(some).digest == Rows.of(some).digest != Rows.of(other).digest
    if some.dtype.is_floating:
        with pytest.raises(DataError, match="x must be finite, got .* in row 1"):
            Rows.of(some / other)


def test_class_weights_multiply_sample_weights_and_are_1_where_not_named():
    rows = Rows.of(X, [0, 1, 2, 0, 1, 2], np.arange(6.0), class_weight={0: 2, 1: 0.5})
    assert rows.tensors[2].numpy().tolist() == [0, 0.5, 2, 6, 2, 5]
    one_hot = Rows.of(X, np.eye(3)[[0, 1, 2, 0, 1, 2]], class_weight={0: 2, 1: 0.5})
    assert one_hot.tensors[2].numpy().tolist() == [2, 0.5, 1, 2, 0.5, 1]


def test_balanced_classes_are_scikit_learns():
    from sklearn.utils.class_weight import compute_sample_weight

    y = np.array([0, 0, 0, 2, 2, 5])
    rows = Rows.of(X, y, class_weight="balanced")
    expected = compute_sample_weight("balanced", y)
    np.testing.assert_allclose(rows.tensors[2], expected, rtol=1e-6)


@pytest.mark.parametrize("weights", ["even", {"a": 1.0}, {-1: 2.0}])
def test_class_weights_that_are_none(weights):
    with pytest.raises(UsageError, match="must be 'balanced' or a mapping of class"):
        Rows.of(X, [0, 1, 2, 0, 1, 2], class_weight=weights)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": np.zeros(5)}, r"rows, got \[5, 6\] \(x: \[6\], y: \[5\]\)"),
        ({"x": X[:0]}, "there must be rows in x, got none"),
        ({"x": np.full((6, 2), np.inf)}, "x must be finite, got .* in row 0"),
        ({"y": [0, 0, np.nan, 0, 0, 0]}, "y must be finite, got .* in row 2"),
        ({"y": list("abcdef")}, "y must be numbers .* got texts"),
        ({"x": np.array([{}] * 6)}, "x must be numbers .* got type object"),
        ({"x": np.float32(3)}, "x must have rows, got the single number 3"),
        ({"y": X.astype(complex)}, "got type complex128"),
        ({"x": tf.data.Dataset.range(3)}, "arrays in memory .* batches as x alone"),
        (
            {"x": type("Loader", (), {"__module__": "torch.utils.data.loader"})()},
            "arrays in memory .* got a Loader; fit takes batches as x alone",
        ),
        ({"x": iter([X])}, "arrays in memory or a RowStream, got a list_iterator"),
        ({"y": (X, X), "class_weight": {0: 1}}, "class_weight needs one target"),
        ({"y": [-1] * 6, "class_weight": {0: 1}}, "indices >= 0 in y, got -1"),
        ({"x": [[1, 2], [3]]}, "x must have rows of equal shape, got"),
        ({"x": tf.ragged.constant([[1], [2, 3]])}, "x must be dense .* RaggedTensor"),
        ({"sample_weight": np.ones(6)}, "sample_weight must come with y, got no y"),
    ],
)
def test_bad_arrays(arguments, said):
    with pytest.raises(DataError, match=said):
        Rows.of(**{"x": X, **arguments})


def test_split_off_takes_the_last_rows_as_keras_does():
    (x, y, weight), (tx, ty, tweight) = split_off((X, X[:, 0], None), 0.3)
    assert (len(x), len(tx)) == (4, 2)
    assert ty.numpy().tolist() == [8, 10]
    assert len(y) == 4
    assert weight is tweight is None
    (x, _, _), _ = split_off((np.arange(7.0), None, None), 0.2)
    assert len(x) == 5  # of 5.6
    with pytest.raises(UsageError, match="leave rows on both sides, got 0.9 of 6"):
        split_off((X, X, None), 0.9)

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.components.layers import CategoryEmbedding

MATRIX = np.array(
    [[0.5, -1.0, 0, 3], [1.5, 2.0, 1, 2], [2.5, 0.0, 4, 0]], "float32"
)  # two numbers, then ids of two tables with 5 and 4 rows


def layer(**kwargs):
    return CategoryEmbedding((5, 4), (3, 2), **{"seed": 1, **kwargs})


def by_hand(embedding, x):
    one, two = embedding.get_weights()
    ids = x[:, 2:].astype(int)
    return np.concatenate([x[:, :2], one[ids[:, 0]], two[ids[:, 1]]], axis=1)


@pytest.mark.parametrize("jit", [False, True])
def test_replaces_ids_by_rows(jit):
    embedding = layer()
    y = tf.function(embedding, jit_compile=jit)(MATRIX)
    assert y.shape == (3, 2 + 3 + 2)
    np.testing.assert_array_equal(y, by_hand(embedding, MATRIX))


def test_start_is_zero_for_the_reserved_rows_and_unit_length_for_the_others():
    embedding = CategoryEmbedding((5000, 2), (16, 1), seed=1)
    embedding.build((None, 2))
    one, two = embedding.get_weights()
    assert (one[:2] == 0).all()
    assert (two == 0).all()
    np.testing.assert_allclose(one[2:].mean(), 0, atol=0.005)
    np.testing.assert_allclose((one[2:] ** 2).sum(axis=1).mean(), 1, rtol=0.02)


def test_seeds_repeat_and_differ_between_columns_and_neighbours():
    def tables(seed):
        embedding = CategoryEmbedding((5, 5), (3, 3), seed=seed)
        embedding.build((None, 2))
        return embedding.get_weights()

    np.testing.assert_array_equal(tables(1), tables(1))
    drawn = [*tables(1), *tables(2), *tables(None)]
    assert len({t[2:].tobytes() for t in drawn}) == len(drawn)


@pytest.mark.parametrize("jit", [False, True])
def test_unknown_ids_count_as_unseen(jit):
    x = np.array([[0, 0, bad, 2] for bad in (5, -1, 1e9, np.nan, np.inf)], "float32")
    embedding = layer()
    embedding.build(x.shape)
    embedding.tables[0].assign(np.arange(15).reshape(5, 3))
    y = tf.function(embedding, jit_compile=jit)(x)
    np.testing.assert_array_equal(y[:, 2:5], [[0, 1, 2]] * 5)


@pytest.mark.parametrize("jit", [False, True])
def test_gradient_reaches_the_rows_that_were_used(jit):
    embedding = layer()
    embedding.build(MATRIX.shape)

    @tf.function(jit_compile=jit)
    def gradients():
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(embedding(MATRIX))
        sources = [v.value for v in embedding.trainable_variables]
        return [tf.convert_to_tensor(g) for g in tape.gradient(y, sources)]

    one, two = gradients()
    np.testing.assert_array_equal(one[:, 0], [1, 1, 0, 0, 1])
    np.testing.assert_array_equal(two[:, 0], [1, 0, 1, 1])


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_large_ids_survive_mixed_precision(policy):
    embedding = CategoryEmbedding((5000,), (1,), dtype=policy)
    embedding.build((None, 1))
    embedding.tables[0].assign(np.arange(5000)[:, None] % 7)
    ids = np.arange(4000, 5000, dtype="float32")[:, None]
    y = embedding(ids)
    assert y.dtype == keras.DTypePolicy(policy).compute_dtype
    np.testing.assert_array_equal(tf.cast(y, "float32"), ids % 7)


def test_masks_and_leading_axes_pass():
    embedding = layer()
    x = np.stack([MATRIX, MATRIX])
    assert embedding(x).shape == (2, 3, 7)
    assert embedding.compute_output_shape((None, 3, 4)) == (None, 3, 7)
    assert embedding.supports_masking


@pytest.mark.parametrize("jit", [False, True])
def test_members_have_their_own_tables(jit):
    embedding = layer(members=2)
    views = np.stack([MATRIX, MATRIX[::-1]])
    bad = np.array([[0, 0, 5, np.nan], [0, 0, -1, 4]], "float32")
    embedding.build((None, 4))
    one, two = embedding.get_weights()
    assert (one.shape, two.shape) == ((2, 5, 3), (2, 4, 2))
    assert not np.array_equal(one[0], one[1])
    assert (one[:, :2] == 0).all()
    embedding.tables[0].assign(np.arange(30).reshape(2, 5, 3))
    compiled = tf.function(embedding, jit_compile=jit)
    plain = [layer() for _ in range(2)]
    for i, member in enumerate(plain):
        member.build((None, 4))
        member.set_weights([t[i] for t in embedding.get_weights()])
    np.testing.assert_array_equal(compiled(MATRIX), [by_hand(m, MATRIX) for m in plain])
    np.testing.assert_array_equal(compiled(bad), [m(bad) for m in plain])
    expected = [by_hand(m, x) for m, x in zip(plain, views, strict=True)]
    np.testing.assert_array_equal(compiled(views), expected)
    assert embedding.compute_output_shape((None, 4)) == (2, None, 7)
    assert embedding(keras.Input((4,))).shape == (2, None, 7)


def test_members_gradients_reach_their_own_rows():
    embedding = layer(members=2)
    x = np.stack([MATRIX, MATRIX])
    x[1, :, 2] = 3
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(embedding(x))
    one = tape.gradient(y, [v.value for v in embedding.trainable_variables])[0]
    np.testing.assert_array_equal(one[..., 0], [[1, 1, 0, 0, 1], [0, 0, 0, 3, 0]])


def test_bad_members():
    with pytest.raises(ValueError, match="CategoryEmbedding: members must be None or"):
        layer(members=0)
    with pytest.raises(ValueError, match=r"CategoryEmbedding: .*\(2, rows, features\)"):
        layer(members=2).build((3, None, 4))


@pytest.mark.slow
def test_learns_inside_a_model():
    rng = np.random.default_rng(0)
    ids = rng.integers(2, 5, size=300)
    x = np.stack([rng.normal(size=300), ids], axis=1).astype("float32")
    y = np.array([0, 0, 3.0, -1.0, 2.0], "float32")[ids]
    model = keras.Sequential(
        [
            keras.Input((2,)),
            CategoryEmbedding((5,), (2,), seed=1),
            keras.layers.Dense(1, kernel_initializer=keras.initializers.HeNormal(1)),
        ]
    )
    model.compile(optimizer=keras.optimizers.Adam(0.1), loss="mse", jit_compile=True)
    history = model.fit(x, y, epochs=30, verbose=0)
    assert history.history["loss"][-1] < 0.01
    assert (model.layers[0].get_weights()[0][:2] == 0).all()


@pytest.mark.parametrize(
    ("cardinalities", "dims", "message"),
    [
        ((5,), (3, 2), r"equally many, >= 1, got \[5\] and \[3, 2\]"),
        ((), (), r"equally many, >= 1, got \[\] and \[\]"),
        ((5, 1), (3, 2), r"cardinalities must be in \[2, 16777216\], got \[5, 1\]"),
        ((2**24 + 1,), (3,), r"cardinalities must be in \[2, 16777216\], got"),
        ((5,), (0,), r"dims must be >= 1, got \[0\]"),
    ],
)
def test_bad_arguments(cardinalities, dims, message):
    with pytest.raises(ValueError, match=f"CategoryEmbedding: .*{message}"):
        CategoryEmbedding(cardinalities, dims)


def test_too_few_columns():
    with pytest.raises(
        ValueError, match=r"must have >= 2 columns, got shape \(None, 1\)"
    ):
        layer().build((None, 1))


def test_ids_that_half_precision_cannot_count():
    x = tf.zeros((1, 1), "bfloat16")
    with pytest.raises(ValueError, match=r"bfloat16.* must be <= 256, got .*\[300\]"):
        CategoryEmbedding((300,), (1,))(x)

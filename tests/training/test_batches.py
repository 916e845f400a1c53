"""Ready-made batches are trained on by Keras, with this package's best epoch."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from mlpkit.errors import DataError, UsageError
from mlpkit.training import fit

pytestmark = pytest.mark.slow

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(50, 3)).astype("float32")
Y = X[:, :1] * 2
TOLD = "Keras' own loop trains this model: its batches come ready-made, as a "


def network(rate=0.05):
    keras.utils.set_random_seed(0)
    net = keras.Sequential([keras.layers.Dense(4, "relu"), keras.layers.Dense(1)])
    net.compile(keras.optimizers.SGD(rate), "mse", metrics=["mae"])
    return net


def dataset(rows=50):
    return tf.data.Dataset.from_tensor_slices((X[:rows], Y[:rows])).batch(16)


class Sequence(keras.utils.PyDataset):
    def __len__(self):
        return 4

    def __getitem__(self, i):
        part = slice(16 * i, 16 * i + 16)
        return X[part], Y[part]


def generator():
    while True:
        yield from dataset().as_numpy_iterator()


@pytest.mark.parametrize(
    ("make", "steps", "kind"),
    [
        (dataset, None, "_BatchDataset"),
        (Sequence, None, "Sequence"),
        (generator, 4, "generator"),
    ],
)
def test_losses_are_those_of_keras(make, steps, kind):
    options = {"epochs": 3, "steps_per_epoch": steps, "shuffle": False, "verbose": 0}
    expected = network().fit(make(), **options).history
    with pytest.warns(UserWarning, match=f"{TOLD}{kind}"):
        found = fit(network(), make(), **options)
    assert found.engine == "keras"
    assert found.history == expected
    assert len(expected["loss"]) == 3


@pytest.mark.filterwarnings("ignore:Keras' own loop")
@pytest.mark.parametrize("tested", [dataset(20), (X[:20], Y[:20])])
def test_the_best_epoch_is_kept(tested):
    rates = [0.05, 0.05, -0.05, -0.05, -0.05]  # away from the minimum again
    schedule = keras.callbacks.LearningRateScheduler(lambda e, _: rates[e])
    net = network()
    found = fit(
        net, dataset(), epochs=5, validation_data=tested, patience=2,
        callbacks=schedule, monitor="val_mae", verbose=0,
    )  # fmt: skip
    assert len(found.epoch) == found.best_epoch + 3
    value = min(found.history["val_mae"])
    assert net.evaluate(X[:20], Y[:20], verbose=0)[1] == pytest.approx(value, rel=1e-5)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_weights_of_classes_and_steps_of_validation_are_keras_own():
    labels = tf.data.Dataset.from_tensor_slices((X, (Y[:, 0] > 0).astype("int32")))
    options = {"epochs": 2, "class_weight": {0: 1.0, 1: 5.0}, "verbose": 0}
    options |= {"validation_data": labels.batch(10), "validation_steps": 2}
    histories = []
    for train in (keras.Model.fit, fit):
        net = network()
        net.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
        found = train(net, labels.batch(25), shuffle=False, **options)
        histories.append(found.history)
    assert histories[0] == histories[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"y": Y}, "fit: y must be left out, x brings it along as a _BatchDataset"),
        ({"batch_size": 4}, "batch_size must be left out, .* got 4"),
        ({"validation_split": 0.2}, "validation_split must be left out"),
        ({"seed": 1}, "seed must be left out"),
        ({"sample_weight": np.ones(50)}, "sample_weight must be left out"),
        ({"class_weight": "balanced"}, "class_weight must be a mapping, .* 'balanced'"),
        ({"class_weight": [1, 2]}, r"class_weight must be a mapping, .* \[1, 2\]"),
        ({"jit_compile": True}, r"asks model.compile\(jit_compile=True\)"),
        ({"patience": 3}, "patience needs validation rows"),
    ],
)
def test_what_batches_decide_themselves(given, said):
    with pytest.raises(UsageError, match=said):
        fit(network(), dataset(), **given, verbose=0)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_what_only_the_compiled_loop_has_is_refused(tmp_path):
    with pytest.raises(UsageError, match="checkpoint: this model is trained by Keras"):
        fit(network(), dataset(), checkpoint=tmp_path / "state")


class Empty(Sequence):
    def __len__(self):
        return 0


@pytest.mark.parametrize("none", [lambda: dataset(0), lambda: (_ for _ in ()), Empty])
def test_no_batch_is_told(none):
    with pytest.raises(DataError, match="there must be a batch in x, got none"):
        fit(network(), none(), validation_data=dataset(), verbose=0)
    with pytest.raises(DataError, match="a batch in validation_data, got none"):
        fit(network(), dataset(), validation_data=none(), verbose=0)


def classifier(built=True):
    start = [keras.Input((3,))] if built else []
    net = keras.Sequential([*start, keras.layers.Dense(3, "softmax")])
    net.compile("sgd", "sparse_categorical_crossentropy")
    return net


KINDS = np.arange(50) % 3


def of_kinds(kinds, size=25):
    return tf.data.Dataset.from_tensor_slices((X, kinds)).batch(size)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
@pytest.mark.parametrize("shape", [(50,), (50, 1), "one-hot"])
def test_a_class_that_is_not_named_weighs_1_as_in_arrays(shape):
    hot = shape == "one-hot"
    y = np.eye(3, dtype="float32")[KINDS] if hot else KINDS.reshape(shape)
    losses = []
    options = {"class_weight": {0: 2.0, 1: 5.0}, "shuffle": False, "verbose": 0}
    for data in ((X, y), (of_kinds(y),)):
        keras.utils.set_random_seed(0)
        net = classifier()
        if hot:
            net.compile("sgd", "categorical_crossentropy")
        size = 25 if len(data) > 1 else None
        losses += fit(net, *data, batch_size=size, **options).history["loss"]
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ({"a": 1.0}, "a mapping of class indices, got {'a': 1.0}"),
        ({0: 1.0, 1: -2.0}, "class_weight of 1 must be a finite number >= 0, got -2"),
        (
            {0: 1.0, 1: np.nan},
            "of 1 must be a finite number >= 0, got nan",
        ),
        ({0: 1.0, 3: 2.0}, "the model has no class 3; its classes: 0 to 2"),
    ],
)
@pytest.mark.parametrize("built", [True, False])
def test_weights_that_are_none(weights, said, built):
    for data in ((X, KINDS), (of_kinds(KINDS),)):
        with pytest.raises(UsageError, match=said):
            fit(classifier(built), *data, class_weight=weights, verbose=0)


def test_weights_of_classes_need_one_target():
    for y in ((Y, Y), {"y": Y}, (Y,)):
        given = tf.data.Dataset.from_tensor_slices((X, y)).batch(5)
        with pytest.raises(DataError, match="class_weight needs one target of class"):
            fit(network(), given, class_weight={0: 1.0}, verbose=0)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
@pytest.mark.parametrize("weights", [None, {0: 2.0, 1.0: 5.0}])
def test_batches_of_unknown_rank_have_that_of_the_first(weights):
    def unknown():
        types = (tf.float32, tf.int64)
        make = of_kinds(KINDS).as_numpy_iterator
        batches = tf.data.Dataset.from_generator(make, output_types=types)
        return batches.apply(tf.data.experimental.assert_cardinality(2))

    losses = []
    for batches in (of_kinds(KINDS), unknown()):
        keras.utils.set_random_seed(0)
        found = fit(classifier(), batches, class_weight=weights, verbose=0)
        losses += found.history["loss"]
    assert losses[1] == losses[0]


@pytest.mark.filterwarnings("ignore:Keras' own loop")
@pytest.mark.parametrize("built", [True, False])
def test_labels_of_no_class_are_told_in_the_first_batch_and_later(built):
    with pytest.raises(DataError, match=r"y must be class indices in \[0, 2\], got"):
        fit(classifier(built), of_kinds(KINDS + 1), verbose=0)
    late = np.where(np.arange(50) == 40, 7, KINDS)
    said = r"targets must be class indices in \[0, 2\], got 7; give the network"
    with pytest.raises(DataError, match=said):
        fit(classifier(built), of_kinds(late), verbose=0)
    tested = of_kinds(late)
    with pytest.raises(DataError, match=said):
        fit(classifier(built), of_kinds(KINDS), validation_data=tested, verbose=0)


class Booleans(Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        part = slice(25 * index, 25 * index + 25)
        return X[part], Y[part] > 0


@pytest.mark.filterwarnings("ignore:Keras' own loop")
@pytest.mark.parametrize(
    "weights", [None, {False: 1.0, True: 5.0}, {0.0: 1.0, 1.0: 5.0}]
)
def test_booleans_are_targets_of_yes_and_no(weights):
    options = {"class_weight": weights, "shuffle": False, "verbose": 0}
    losses = []
    for data in ((X, Y > 0), (of_kinds(Y > 0),), (Booleans(),)):
        keras.utils.set_random_seed(0)
        net = network()
        net.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
        size = 25 if len(data) > 1 else None
        found = fit(net, *data, batch_size=size, **options)
        losses += found.history["loss"]
    assert losses[1:] == pytest.approx(losses[:1] * 2, rel=1e-5)


@pytest.mark.parametrize(
    ("batches", "said"),
    [
        (lambda: generator(), "with a generator"),
        (lambda: dataset().map(lambda x, y: (x, y, y[:, 0])), "with a _MapDataset"),
    ],
)
def test_weights_of_classes_that_keras_does_not_take(batches, said):
    with pytest.raises(UsageError, match=f"without sample weights, got .* {said}"):
        fit(network(), batches(), class_weight={0: 1.0}, steps_per_epoch=2, verbose=0)


@pytest.mark.parametrize("x", [zip(X, Y, strict=True), dataset().as_numpy_iterator()])
def test_other_iterators_are_no_batches(x):
    with pytest.raises(DataError, match="x must be arrays in memory or a RowStream"):
        fit(network(), x, verbose=0)


def test_rows_that_do_not_fit_the_model_are_told():
    with pytest.raises(DataError, match="the model must take x and y as they come"):
        fit(network(), dataset().unbatch(), verbose=0)


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_nan_in_the_first_epoch_keeps_the_weights_before():
    net = network()
    bad = tf.data.Dataset.from_tensor_slices((X, Y * np.nan)).batch(16)
    with pytest.warns(RuntimeWarning, match="not finite in epoch 1, step 1"):
        found = fit(net, bad, epochs=3, verbose=0)
    assert found.divergence.epoch == 0
    assert all(np.isfinite(w).all() for w in net.get_weights())


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_interrupted_before_the_first_step_there_is_an_empty_history():
    def interrupted():
        yield X[:16], Y[:16]
        raise KeyboardInterrupt

    net = network()
    before = fit(net, dataset(), verbose=0)

    class Stopped(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            raise KeyboardInterrupt

    found = fit(net, dataset(), callbacks=Stopped(), verbose=0)
    assert found.interrupted
    assert found is not before
    assert found.epoch == []
    assert fit(net, interrupted(), steps_per_epoch=2, verbose=0).interrupted


@pytest.mark.filterwarnings("ignore:Keras' own loop")
def test_validation_rows_come_in_batches_of_their_size():
    seen = []

    class Counts(keras.callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            seen.append(batch)

    options = {"validation_data": (X, Y), "validation_batch_size": 5, "verbose": 0}
    fit(network(), dataset(), callbacks=Counts(), **options)
    assert len(seen) == 10


@pytest.mark.parametrize("tested", [dataset, Sequence])
def test_arrays_are_validated_on_batches_as_on_their_rows(tested):
    options = {"epochs": 3, "batch_size": 16, "verbose": 0}
    expected = fit(network(), X, Y, validation_data=(X, Y), **options)
    found = fit(network(), X, Y, validation_data=tested(), **options)
    assert found.history == expected.history
    assert found.engine == "graph"
    first = fit(network(), X, Y, validation_data=(X[:32], Y[:32]), **options)
    for batches in (tested(), generator()):
        some = fit(
            network(), X, Y, validation_data=batches, validation_steps=2, **options
        )
        assert some.history == first.history


@pytest.mark.parametrize("endless", [generator, lambda: dataset().repeat()])
def test_validation_needs_an_end(endless):
    with pytest.raises(UsageError, match="need an end, or validation_steps, got a"):
        fit(network(), X, Y, validation_data=endless(), verbose=0)


def test_validation_batches_of_another_shape_are_told():
    wide = tf.data.Dataset.from_tensor_slices((np.ones((9, 4)), np.ones((9, 1))))
    with pytest.raises(
        DataError, match=r"batches like x's, \[\[3\], \[1\]\], got \[\[4\]"
    ):
        fit(network(), dataset(), validation_data=wide.batch(3), verbose=0)
    with pytest.raises(DataError, match=r"got \[\[\], \[\]\]"):
        fit(network(), dataset(), validation_data=dataset().unbatch(), verbose=0)


def test_the_size_of_batches_is_that_of_keras():
    expected = network().fit(X, Y, epochs=2, shuffle=False, verbose=0).history
    found = fit(network(), X, Y, epochs=2, shuffle=False, verbose=0).history
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5)

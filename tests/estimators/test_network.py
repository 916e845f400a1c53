"""Estimators outlive the process: pickle, joblib, copies."""

import copy
import pickle
import pickletools
import subprocess
import sys

import joblib
import numpy as np
import pytest
from sklearn.base import clone

import mlpkit

pytestmark = pytest.mark.slow


def test_a_fresh_process_gives_the_same_answers(bird_classifier, birds, tmp_path):
    x, _ = birds
    x.to_pickle(tmp_path / "x.pkl")
    joblib.dump(bird_classifier, tmp_path / "model.joblib")
    code = (
        "import sys, joblib, numpy, pandas; folder = sys.argv[1];"
        "model = joblib.load(folder + '/model.joblib');"
        "x = pandas.read_pickle(folder + '/x.pkl');"
        "numpy.save(folder + '/found.npy', model.predict_proba(x))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    found = np.load(tmp_path / "found.npy")
    assert np.array_equal(found, bird_classifier.predict_proba(x))


def test_no_row_and_no_keras_object_is_pickled(bird_classifier, birds):
    text = pickle.dumps(bird_classifier, protocol=0)
    operations = pickletools.genops(text)
    classes = [str(arg) for code, arg, _ in operations if code.name == "GLOBAL"]
    assert "mlpkit.estimators.network Network" in classes
    assert not [c for c in classes if c.startswith(("keras", "tensorflow"))]
    binary = pickle.dumps(bird_classifier)
    weights = pickle.loads(binary).network_.weights
    assert all(isinstance(w, np.ndarray) for w in weights)
    assert (
        len(binary) < 3 * sum(w.nbytes for w in weights) + 30_000
    )  # Adam's two moments
    values = birds[0]["bill_length_mm"].dropna().to_numpy()
    assert values.tobytes() not in binary


def test_training_goes_on_after_pickling_as_if_nothing_had_been(line):
    x, y = line
    model = mlpkit.MLPRegressor(hidden_layer_sizes=6, alpha=0.1, dropout=0)
    model.partial_fit(x, y).partial_fit(x, y)
    other = pickle.loads(pickle.dumps(model))
    for _ in range(2):
        model.partial_fit(x, y)
        other.partial_fit(x, y)
    np.testing.assert_allclose(other.predict(x), model.predict(x), rtol=1e-5)
    assert other.loss_curve_ == pytest.approx(model.loss_curve_, rel=1e-5)


def test_copies(bird_classifier, birds):
    x = birds[0].head(40)
    expected = bird_classifier.predict_proba(x)
    assert np.array_equal(copy.deepcopy(bird_classifier).predict_proba(x), expected)
    assert not hasattr(clone(bird_classifier), "network_")


def test_same_seed_same_bits_other_seed_other_network(line):
    x, y = line
    a, b, c = (
        mlpkit.MLPRegressor(hidden_layer_sizes=6, max_iter=2, random_state=s).fit(x, y)
        for s in (None, 1, 2)
    )
    assert np.array_equal(a.predict(x), b.predict(x))
    assert not np.array_equal(a.predict(x), c.predict(x))


@pytest.mark.filterwarnings("error::DeprecationWarning")
def test_values_are_copied_without_a_warning_of_numpy(line):
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1).fit(*line)
    variables = model.network_.model.optimizer.variables
    assert variables
    for value, variable in zip(model.network_.optimizer_state, variables, strict=True):
        np.testing.assert_array_equal(value, np.asarray(variable))

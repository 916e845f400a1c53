import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

import mlpkit
from mlpkit.errors import UsageError


def test_asked_before_it_is_fitted():
    with pytest.raises(NotFittedError):
        mlpkit.MLPClassifier().predict([[1.0]])


def test_kinds_can_be_told(line):
    x = pd.DataFrame({"zip": [10, 20, 30] * 40, "x": line[0][:, 0]})
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=(), max_iter=1, columns={"zip": "categorical"}
    ).fit(x, line[1])
    assert sorted(model.network_.statistics.columns[0].vocabulary) == [10, 20, 30]
    assert model.coefs_[0].shape[0] == 4
    assert np.isfinite(model.predict(x.assign(zip=99))).all()


def test_texts_that_mean_missing_can_be_told():
    x = pd.DataFrame({"c": ["NA", "b", "?", "b"] * 5})
    settings = {"data.missing_values": ["?"]}
    model = mlpkit.MLPClassifier((), max_iter=1, settings=settings).fit(x, [0, 1] * 10)
    assert model.network_.statistics.columns[0].vocabulary == ("b", "NA")


def test_progress_is_shown_when_asked(line, capsys):
    mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=3, verbose=True).fit(*line)
    assert "epoch 3/3" in capsys.readouterr().out


@pytest.mark.slow
def test_a_failed_fit_leaves_the_network_that_was(bird_classifier, birds):
    before = bird_classifier.network_
    with pytest.raises(ValueError, match="inconsistent"):
        bird_classifier.fit(birds[0], birds[1][:10])
    assert bird_classifier.network_ is before
    assert len(bird_classifier.predict(birds[0])) == len(birds[1])


def test_small_tables_are_answered_quickly(bird_classifier, birds):
    import time

    x = pd.concat([birds[0]] * 3).head(1000)
    bird_classifier.predict(x)
    spent = []
    for _ in range(3):
        started = time.perf_counter()
        bird_classifier.predict(x)
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.05


def test_no_copy_of_a_row_is_on_both_sides(line):
    x, y = line
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), early_stopping=True)
    asked = model._prepare(x, y, np.full(120, 3.0))
    split = asked.prepared.split
    trained, held = asked.places[split.train], asked.places[split.validation]
    assert len(held) == 18
    assert sorted([*trained, *held]) == list(range(120))
    without = model.set_params(early_stopping=False)._prepare(x, y, np.full(120, 3.0))
    assert len(without.places) == 360


def test_settings_are_a_mapping_of_keys_of_a_job(line):
    with pytest.raises(UsageError, match="settings must be a mapping such as"):
        mlpkit.MLPRegressor(settings="model").fit(*line)
    with pytest.raises(UsageError, match="settings takes keys .* got 'model'"):
        mlpkit.MLPRegressor(settings={"model": {"dropout": 0.1}}).fit(*line)


@pytest.mark.slow
def test_notes_of_the_recipe_are_warnings(line):
    settings = {"training.learning_rate": 1e-3, "training.epochs": 1}
    with pytest.warns(UserWarning, match="MLPRegressor: training.learning_rate 0.001"):
        mlpkit.MLPRegressor(settings=settings).fit(*line)

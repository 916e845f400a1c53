import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine, make_multilabel_classification
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier as Theirs
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags

import mlpkit
from mlpkit.errors import DataError, UsageError

pytestmark = pytest.mark.slow


def test_learns_birds_from_texts_and_missing_values(birds, quick):
    x, y = birds
    split = train_test_split(x, y, random_state=0, stratify=y)
    model = mlpkit.MLPClassifier(**quick).fit(split[0], split[2])
    assert model.score(split[1], split[3]) > 0.95
    assert model.feature_names_in_.tolist() == list(x.columns)
    assert model.classes_.tolist() == ["Adelie", "Chinstrap", "Gentoo"]


def test_learns_a_table_of_numbers_better_than_chance_in_folds(quick):
    x, y = load_wine(return_X_y=True)
    assert cross_val_score(mlpkit.MLPClassifier(**quick), x, y, cv=3).mean() > 0.93


def test_parameters_of_scikit_learns_estimator_can_all_be_taken_over():
    x, y = load_digits(n_class=4, return_X_y=True)
    theirs = Theirs(hidden_layer_sizes=(30,), max_iter=40, random_state=3)
    ours = mlpkit.MLPClassifier(**theirs.get_params())
    assert ours.fit(x[::2], y[::2]).score(x[1::2], y[1::2]) > 0.95
    names = set(theirs.get_params())
    assert names <= set(ours.get_params())


def test_any_kind_of_table_gives_the_same_answers(bird_classifier, birds):
    x, _ = birds
    expected = bird_classifier.predict_proba(x)
    assert expected.dtype == np.float64
    np.testing.assert_allclose(expected.sum(axis=1), 1, atol=1e-12)
    for table in (
        pl.from_pandas(x),
        pa.Table.from_pandas(x, preserve_index=False),
    ):
        assert np.array_equal(bird_classifier.predict_proba(table), expected)


def test_answers_do_not_depend_on_the_rows_around(bird_classifier, birds):
    x, _ = birds
    together = bird_classifier.predict_proba(x)
    for rows in (slice(0, 1), slice(7, 20), slice(0, 100)):
        found = bird_classifier.predict_proba(x.iloc[rows])
        np.testing.assert_allclose(found, together[rows], rtol=1e-6)


def test_probabilities_and_classes_agree(bird_classifier, birds):
    x, y = birds
    scores = bird_classifier.predict_proba(x)
    classes = bird_classifier.predict(x)
    assert np.array_equal(bird_classifier.classes_[scores.argmax(axis=1)], classes)
    np.testing.assert_allclose(np.exp(bird_classifier.predict_log_proba(x)), scores)
    assert bird_classifier.score(x, y) == accuracy_score(y, classes)


def test_columns_must_come_by_name_and_in_order(bird_classifier, birds):
    x, _ = birds
    with pytest.raises(ValueError, match="must be in the same order"):
        bird_classifier.predict(x[x.columns[::-1]])
    with pytest.raises(ValueError, match="feature names should match"):
        bird_classifier.predict(x.rename(columns={"sex": "gender"}))
    with pytest.raises(ValueError, match="feature names should match"):
        bird_classifier.predict(x.drop(columns="sex"))


def test_unseen_categories_and_missing_values_are_answered(bird_classifier, birds):
    x = birds[0].head(3).copy()
    x["island"] = "Atlantis"
    x["body_mass_g"] = np.nan
    assert np.isfinite(bird_classifier.predict_proba(x)).all()


def test_labels_keep_their_type():
    x = np.linspace(-1, 1, 40)[:, None]
    for labels in (np.array([3, 8]), np.array(["no", "yes"]), np.array([False, True])):
        y = labels[(x[:, 0] > 0).astype(int)]
        model = mlpkit.MLPClassifier((), max_iter=2).fit(x, y)
        assert model.predict(x).dtype == y.dtype
        assert model.classes_.tolist() == labels.tolist()


def test_several_labels_at_once(quick):
    x, y = make_multilabel_classification(200, n_classes=3, random_state=0)
    model = mlpkit.MLPClassifier(**quick).fit(x, y)
    assert model.out_activation_ == "logistic"
    assert model.predict(x).shape == y.shape
    assert set(np.unique(model.predict(x))) == {0, 1}
    assert model.score(x, y) > 0.6
    assert np.array_equal(model.predict(x), model.predict_proba(x) > 0.5)


def test_class_weight_moves_the_decision():
    x = np.random.default_rng(0).normal(size=(200, 2))
    y = (x[:, 0] + np.random.default_rng(1).normal(size=200) > 1).astype(int)
    fits = {
        weight: mlpkit.MLPClassifier((), max_iter=30, class_weight=weight).fit(x, y)
        for weight in (None, "balanced")
    }
    heavy = mlpkit.MLPClassifier((), max_iter=30, class_weight={1: 100}).fit(x, y)
    shares = [m.predict(x).mean() for m in (fits[None], fits["balanced"], heavy)]
    assert shares[0] < shares[1] < shares[2]


def test_balanced_weights_are_those_of_repeated_rows(line):
    x, y = line[0], (line[1] > 2).astype(int)
    weight = 1 + 3 * y
    settings = {"hidden_layer_sizes": 4, "max_iter": 3, "early_stopping": False}
    weighted = mlpkit.MLPClassifier(**settings).fit(x, y, sample_weight=weight)
    repeated = mlpkit.MLPClassifier(**settings).fit(
        x.repeat(weight, axis=0), y.repeat(weight)
    )
    assert np.array_equal(weighted.predict_proba(x), repeated.predict_proba(x))


def test_partial_fit_learns_part_by_part(line):
    x, y = line[0], np.where(line[1] > 1, "up", "down")
    model = mlpkit.MLPClassifier(8, learning_rate_init=0.02, batch_size=10)
    model.partial_fit(x[:60], y[:60], classes=["up", "down"])
    for _ in range(8):
        model.partial_fit(x[60:], y[60:]).partial_fit(x[:60], y[:60])
    assert model.score(x, y) > 0.95
    assert len(model.loss_curve_) == 17
    assert model.n_iter_ == 1
    assert model.t_ == 17 * 60


def test_partial_fit_says_what_it_needs(line):
    x, y = line[0], (line[1] > 1).astype(int)
    model = mlpkit.MLPClassifier((4,))
    with pytest.raises(UsageError, match="classes must be passed on the first call"):
        model.partial_fit(x, y)
    model.partial_fit(x, y, classes=[0, 1])
    with pytest.raises(UsageError, match="must be those of the first call"):
        model.partial_fit(x, y, classes=[0, 1, 2])
    with pytest.raises(DataError, match="must be among the classes"):
        model.partial_fit(x, y + 1)
    with pytest.raises(UsageError, match="cannot change: model.hidden was"):
        model.set_params(hidden_layer_sizes=9).partial_fit(x, y)


def test_warm_start_goes_on(line):
    x, y = line[0], (line[1] > 1).astype(int)
    model = mlpkit.MLPClassifier(8, warm_start=True, max_iter=30).fit(x, y)
    first, before = model.loss_, model.predict_proba(x)
    model.fit(x, y)
    assert not np.allclose(model.predict_proba(x), before, atol=1e-3)
    assert model.loss_curve_[30] < model.loss_curve_[0]
    assert model.loss_ < first
    assert len(model.loss_curve_) == 60
    assert np.array_equal(
        pickle.loads(pickle.dumps(model)).predict(x), model.predict(x)
    )
    with pytest.raises(DataError, match="must be among the classes"):
        model.fit(x, y + 1)
    cold = clone(model).set_params(warm_start=False).fit(x, y).fit(x, y)
    assert cold.loss_ == first


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")  # theirs
def test_attributes_are_those_of_scikit_learn(line):
    x, y = line[0], (line[1] > 1).astype(int)
    theirs = Theirs((5,), max_iter=3, early_stopping=True).fit(x, y)
    plain = {"max_iter": 3, "recipe": "lecture", "batch_norm": False}
    ours = mlpkit.MLPClassifier((5,), early_stopping=True, **plain).fit(x, y)
    for name in ("n_layers_", "n_outputs_", "out_activation_", "n_features_in_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert [c.shape for c in ours.coefs_] == [c.shape for c in theirs.coefs_]
    assert [c.shape for c in ours.intercepts_] == [c.shape for c in theirs.intercepts_]
    assert len(ours.validation_scores_) == ours.n_iter_ == 3
    assert ours.best_validation_score_ == max(ours.validation_scores_)
    assert ours.best_loss_ is None
    whole = mlpkit.MLPClassifier((5,), early_stopping=False, **plain).fit(x, y)
    assert whole.best_loss_ == min(whole.loss_curve_)
    assert whole.validation_scores_ is None


SCALED = {"model.parametrization": "ntk", "model.front_scale": True}


@pytest.mark.parametrize("settings", [{}, SCALED])
def test_coefficients_are_the_networks(line, settings):
    x, y = line[0], (line[1] > 1).astype(int)
    model = mlpkit.MLPClassifier((6,), "tanh", max_iter=3, recipe="none")
    model.set_params(settings=settings, early_stopping=False).fit(x, y)
    quartiles = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
    z = (x - quartiles[1]) / (quartiles[2] - quartiles[0])
    z = z / np.sqrt(1 + (z / 3) ** 2)
    hidden = np.tanh(z @ model.coefs_[0] + model.intercepts_[0])
    logit = hidden @ model.coefs_[1] + model.intercepts_[1]
    expected = 1 / (1 + np.exp(-logit[:, 0]))
    np.testing.assert_allclose(model.predict_proba(x)[:, 1], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("params", "layer"),
    [
        ({"recipe": "none", "batch_norm": True}, "norm_1"),
        ({"recipe": "default"}, "numbers"),
    ],
)
def test_network_with_other_weights_has_no_coefficients(line, params, layer):
    x, y = line[0], (line[1] > 1).astype(int)
    model = mlpkit.MLPClassifier((6,), max_iter=2, **params).fit(x, y)
    assert model.n_layers_ == 3
    assert model.out_activation_ == "logistic"
    assert not hasattr(model, "coefs_")
    with pytest.raises(AttributeError, match=f"has the layer '{layer}' too"):
        _ = model.intercepts_


def test_grid_pipeline_and_table_output(birds, quick):
    x, y = birds
    numbers = x[["bill_length_mm", "bill_depth_mm"]].fillna(40.0)
    model = mlpkit.MLPClassifier(**{**quick, "max_iter": 5})
    pipeline = make_pipeline(StandardScaler(), model).set_output(transform="pandas")
    grid = GridSearchCV(pipeline, {"mlpclassifier__hidden_layer_sizes": [4, 8]}, cv=2)
    grid.fit(numbers, y)
    best = grid.best_estimator_[-1]
    assert best.feature_names_in_.tolist() == list(numbers.columns)
    assert "MLPClassifier" in grid._repr_html_()


def test_weights_are_routed(line):
    import sklearn

    x, y = line[0], (line[1] > 1).astype(int)
    with sklearn.config_context(enable_metadata_routing=True):
        model = mlpkit.MLPClassifier((), max_iter=2)
        model.set_fit_request(sample_weight=True)
        model.set_score_request(sample_weight=False)
        scores = cross_val_score(
            model, x, y, cv=2, params={"sample_weight": np.ones(len(y))}
        )
    assert scores.shape == (2,)


def test_tags_say_what_x_may_hold():
    tags = get_tags(mlpkit.MLPClassifier())
    assert tags.input_tags.allow_nan
    assert tags.input_tags.string
    assert tags.input_tags.categorical
    assert tags.input_tags.sparse
    assert tags.classifier_tags.multi_label


def test_rare_classes_and_few_rows():
    x = np.arange(5.0)[:, None]
    model = mlpkit.MLPClassifier((4,), max_iter=2).fit(x, list("abcde"))
    assert model.predict_proba(x).shape == (5, 5)
    with pytest.raises(DataError, match="two or more classes, got one class: 'a'"):
        model.fit(x[:1], ["a"])


def test_early_stopping_holds_out_of_each_class_its_share():
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = np.array(["a"] * 40 + ["b"] * 19 + ["c"])
    model = mlpkit.MLPClassifier((4,), max_iter=3, early_stopping=True, verbose=False)
    assert len(model.fit(x, y).validation_scores_) == 3
    assert model.predict_proba(x).shape == (60, 3)
    with pytest.raises(UsageError, match="needs rows to hold out"):
        model.fit(x[:3], ["a", "b", "c"])


@pytest.mark.parametrize(
    ("y", "match"),
    [
        ([0.5, 1.5, 2.5, 3.5], "Unknown label type"),
        ([0, 1, None, 1], "y contains NaN"),
        ([0, 1, np.nan, 1], "y contains NaN"),
        ([0, 1, 1], "inconsistent numbers of samples"),
        (None, "requires y to be passed"),
        ([[0, 1], [2, 1], [1, 0], [3, 1]], "several columns of classes"),
    ],
)
def test_bad_targets(y, match):
    x = np.arange(8.0).reshape(4, 2)
    with pytest.raises(ValueError, match=match):
        mlpkit.MLPClassifier((), max_iter=1).fit(x, y)


def test_names_of_y_are_exported(line):
    x = pd.DataFrame(line[0], columns=["a", "b"])
    y = pd.Series(np.where(line[1] > 1, "up", "down"), name="way")
    model = mlpkit.MLPClassifier((), max_iter=1).fit(x, y)
    assert model.network_.target.columns == ("way",)

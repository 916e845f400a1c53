import json

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

import mlpkit
from mlpkit.errors import ServingError
from mlpkit.estimators.servable import made_up_rows
from mlpkit.preprocessing import Encoder, encode_table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exported(bird_classifier, tmp_path_factory):
    """Written, and verified in a fresh process, once."""
    return bird_classifier.export(tmp_path_factory.mktemp("models") / "birds")


def test_export_answers_as_the_estimator(exported, bird_classifier, birds):
    found = mlpkit.Predictor(exported).predict(birds[0].head(48))
    classes = bird_classifier.predict(birds[0].head(48))
    assert found["classes"].tolist() == classes.tolist()
    expected = bird_classifier.predict_proba(birds[0].head(48))
    np.testing.assert_allclose(found["scores"], expected, atol=1e-6)


def test_export_has_the_layout_of_a_runs(exported):
    assert exported.name == "1"
    extra = {p.name for p in (exported / "assets.extra").iterdir()}
    assert extra == {
        "manifest.json", "config.toml", "schema.json", "statistics.json",
        "metrics.json", "model.keras",
    }  # fmt: skip
    manifest = json.loads((exported / "assets.extra/manifest.json").read_text())
    assert manifest["name"] == "birds"
    assert manifest["labels"] == ["Adelie", "Chinstrap", "Gentoo"]
    mlpkit.load_config(exported / "assets.extra/config.toml")


def test_columns_without_names_are_served_by_number(line, tmp_path):
    x, y = line
    model = mlpkit.MLPRegressor(hidden_layer_sizes=4, max_iter=2).fit(x, y * 100 + 50)
    path = model.export(tmp_path / "line", verify=False)
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    columns = {f"x{i}": tf.constant(x[:48, i], tf.float32) for i in range(2)}
    found = serve(**columns)["prediction"].numpy()
    np.testing.assert_allclose(found, model.predict(x[:48]), rtol=1e-4, atol=1e-4)
    predictor = mlpkit.Predictor(path)
    for rows in (x[:48], pd.DataFrame(x[:48], columns=["x0", "x1"])):
        answers = predictor.predict(rows)["prediction"]
        np.testing.assert_allclose(answers, model.predict(x[:48]), rtol=1e-5)
    for width in (1, 3):
        with pytest.raises(
            ServingError, match=rf"x0, x1 \(2\), got .* {width} columns"
        ):
            predictor.predict(np.ones((4, width)))
    with pytest.raises(ServingError, match="each column once, got 'x0' twice"):
        predictor.predict(pd.DataFrame(x, columns=["x0", "x0"]))
    with pytest.raises(ServingError, match=r"must have the column\(s\) x0, x1"):
        predictor.predict(pd.DataFrame(x))  # columns 0 and 1


def test_made_up_rows_fit_every_kind_of_column(mixed_frame):
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1)
    statistics = model.fit(mixed_frame, np.arange(60)).network_.statistics
    rows = made_up_rows(statistics)
    assert rows.equals(made_up_rows(statistics))
    encoded = encode_table(Encoder(statistics), rows)
    assert np.isfinite(encoded).all()
    assert (encoded.std(axis=0) > 0).sum() > encoded.shape[1] / 2


def test_columns_of_any_name_are_served(tmp_path):
    names = ["class", "self", "from", "a b", "1st", "größe"]
    generator = np.random.default_rng(0)
    x = pd.DataFrame(generator.normal(size=(60, 6)), columns=names)
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1).fit(x, x["class"])
    path = model.export(tmp_path / "names", verify=False)
    found = mlpkit.Predictor(path).predict(x)["prediction"]
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-4, atol=1e-5)
    inputs = tf.saved_model.load(str(path)).signatures["serving_default"]
    served = set(inputs.structured_input_signature[1])
    assert served == {"class_", "self_", "from_", "a_b", "column_1st", "gr__e"}


def test_times_are_served_as_they_were_trained(tmp_path):
    x = pd.DataFrame({"sold on": pd.date_range("2020-01-01", periods=60, freq="36h")})
    y = np.arange(60.0)
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=1).fit(x, y)
    served = mlpkit.Predictor(model.export(tmp_path / "times", verify=False))
    found = served.predict(x)["prediction"]
    np.testing.assert_allclose(found, model.predict(x), rtol=1e-4, atol=1e-3)
    assert len(set(found.tolist())) > 30


@pytest.mark.parametrize("values", [[1, 2, 3], [0.5, 1.0, 2.5], [True, False, None]])
def test_values_that_are_marked_as_categories_are_served(tmp_path, values):
    x = pd.DataFrame({"icat": pd.Categorical(values * 20)})
    model = mlpkit.MLPRegressor(hidden_layer_sizes=(), max_iter=2)
    model.fit(x, np.arange(60.0) % 3)
    served = mlpkit.Predictor(model.export(tmp_path / "icat", verify=False))
    expected = model.predict(x)
    whole = [x.astype(str)] if values == [1, 2, 3] else []
    for rows in (x, x.to_dict("records"), *whole):
        found = served.predict(rows)["prediction"]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    assert len(set(expected)) > 1

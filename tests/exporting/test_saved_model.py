import json

import numpy as np
import pytest
import tensorflow as tf

import mlpkit
from mlpkit.errors import OutputError, UsageError
from mlpkit.preprocessing import MISSING_INTEGER

pytestmark = pytest.mark.slow

ROW = {
    "island": ["Torgersen"],
    "bill_length_mm": [39.1],
    "bill_depth_mm": [18.7],
    "flipper_length_mm": [181],
    "body_mass_g": [3750],
    "sex": ["male"],
    "year": [2007],
}


def ask(path, **changes):
    columns = {**ROW, **changes}
    rows = max(len(v) for v in columns.values())
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    inputs = serve.structured_input_signature[1]
    tensors = {
        k: tf.constant(list(v) * (rows // max(1, len(v))), inputs[k].dtype)
        for k, v in columns.items()
    }
    return {k: v.numpy() for k, v in serve(**tensors).items()}


def test_layout(penguin_export):
    assert penguin_export.name == "1"
    extra = {p.name for p in (penguin_export / "assets.extra").iterdir()}
    assert extra == {
        "manifest.json", "config.toml", "schema.json", "statistics.json",
        "metrics.json", "model.keras",
    }  # fmt: skip
    manifest = json.loads((penguin_export / "assets.extra/manifest.json").read_text())
    assert manifest["outputs"] == {"classes": "string", "scores": "float32"}
    assert manifest["inputs"]["year"]["missing"] == MISSING_INTEGER


def test_answers_are_the_runs(penguin_export, penguin_run, penguins):
    table = penguins.slice(0, 50)
    serve = tf.saved_model.load(str(penguin_export)).signatures["serving_default"]
    from mlpkit.preprocessing import raw_columns

    raw = raw_columns(table, penguin_run.answers.encoder.statistics)
    answers = serve(**{k: tf.constant(v) for k, v in raw.items()})
    expected = penguin_run.answers(table)
    assert np.array_equal(answers["classes"].numpy(), expected["classes"])
    np.testing.assert_allclose(answers["scores"], expected["scores"], atol=1e-6)


def test_labels_give_the_order_of_the_scores(penguin_export):
    model = tf.saved_model.load(str(penguin_export))
    labels = model.signatures["labels"]()["labels"].numpy().tolist()
    assert labels == [b"Adelie", b"Chinstrap", b"Gentoo"]


def test_missing_and_unseen_values_are_answered(penguin_export):
    answers = ask(
        penguin_export,
        island=["Atlantis", "", "NA"],
        bill_length_mm=[float("nan"), float("inf"), 40.0],
        year=[MISSING_INTEGER, 2007, 2100],
        sex=["", "?", "male"],
    )
    assert np.isfinite(answers["scores"]).all()
    assert set(answers["classes"].tolist()) <= {b"Adelie", b"Chinstrap", b"Gentoo"}


def test_batch_without_rows(penguin_export):
    answers = ask(penguin_export, **{name: [] for name in ROW})
    assert answers["classes"].shape == (0,)
    assert answers["scores"].shape == (0, 3)


def test_versions_count_up(penguin_run, tmp_path):
    (tmp_path / "birds" / "7").mkdir(parents=True)
    path = mlpkit.export(penguin_run, tmp_path / "birds", verify=False)
    assert path == tmp_path / "birds" / "8"


def test_column_names_that_are_no_identifiers(tmp_path):
    x = np.linspace(0, 1, 40)
    data = {"mean area": x, "mean.area": 1 - x, "1st": x**2, "größe": x, "y": x * 2}
    config = {
        "data": {"target": "y"}, "model": {"hidden": []}, "training": {"epochs": 1},
    }  # fmt: skip
    run = mlpkit.train(config, data=data, folder=tmp_path)
    path = mlpkit.export(run, tmp_path / "m", verify=False)
    serve = tf.saved_model.load(str(path)).signatures["serving_default"]
    names = set(serve.structured_input_signature[1])
    assert names == {"mean_area", "mean_area_", "column_1st", "gr__e"}
    found = mlpkit.Predictor(path).predict({k: list(v) for k, v in data.items()})
    expected = run.predict(data).column(0).to_numpy()
    np.testing.assert_allclose(found["prediction"], expected, rtol=1e-5)


def test_folder_that_cannot_be_written(penguin_run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="must be writable"):
        mlpkit.export(penguin_run, tmp_path / "file" / "m", verify=False)


def test_export_that_answers_otherwise_is_refused(penguin_run, tmp_path, monkeypatch):
    """The weights change between writing and checking: nothing must be left."""
    from mlpkit.exporting import saved_model

    def write_another(run, path):
        kept = run.model.get_weights()
        run.model.set_weights([w + 0.1 for w in kept])
        written(run, path)
        run.model.set_weights(kept)

    written = saved_model._write
    monkeypatch.setattr(saved_model, "_write", write_another)
    with pytest.raises(OutputError, match="'(scores|classes)' must be as in the run"):
        mlpkit.export(penguin_run, tmp_path / "m", verify=True)
    assert list((tmp_path / "m").iterdir()) == []


def test_what_is_no_run_is_told():
    class Estimator:
        def export(self, path):
            """Its own."""

    with pytest.raises(UsageError, match="got Estimator; call its own .export"):
        mlpkit.export(Estimator())

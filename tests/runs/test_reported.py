"""The report of a run: what it is made from, written and made again."""

import re
import tomllib

import numpy as np
import pytest

import mlpkit
from mlpkit.config import load_config
from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation import evaluate
from mlpkit.runs.prepare import prepare
from mlpkit.runs.reported import report_data

pytestmark = pytest.mark.slow

SHORT = {"recipe": "none", "model": {"hidden": [8]}, "training": {"epochs": 2}}


@pytest.fixture(scope="module")
def told(penguin_run, penguins):
    prepared = prepare(penguin_run.config, penguins)
    given = (prepared, penguin_run.answers, penguin_run.metrics, penguin_run.history)
    return report_data(*given, title="birds")


def test_page_needs_no_network(penguin_run):
    page = (penguin_run.path / "report.html").read_text()
    assert "<h1>birds</h1>" in page
    for heading in ("Metrics", "Answers", "Learning curves", "Calibration", "Columns"):
        assert f"<h2>{heading}</h2>" in page
    assert page.count("<svg") == 6
    assert not re.search(r"""(src|href)=["'](?!#)|url\((?!#)|@import""", page)


def test_same_report_again(penguin_run, penguins):
    path = penguin_run.path / "report.html"
    before = path.read_text()
    assert mlpkit.Run.open(penguin_run.path).report(penguins) == path
    assert path.read_text() == before


def test_held_back_rows_are_those_of_the_test(told, penguin_run, penguins):
    held, prepared = told.held_back, prepare(penguin_run.config, penguins)
    rows = prepared.split.test
    assert held.part == "test"
    assert np.array_equal(held.y, prepared.y[rows])
    assert np.array_equal(held.scores, penguin_run.model(prepared.x[rows]).numpy())
    found = evaluate("multiclass", held.y, held.scores)
    assert found["accuracy"] == penguin_run.metrics["network"]["test"]["accuracy"]
    assert np.array_equal(held.chosen, held.scores.argmax(axis=1))


def test_configuration_is_that_of_the_run(told, penguin_run):
    assert load_config(tomllib.loads(told.config)) == penguin_run.config
    assert f'recipe = "{penguin_run.config.recipe}"' in told.config


def test_the_recipe_is_named_that_filled_what_the_job_left_out(tmp_path, penguins):
    job = {"data": {"target": "species"}, "training": {"epochs": 1}}
    run = mlpkit.train(job, data=penguins, folder=tmp_path, progress=False)
    page = run.report(penguins).read_text()
    assert "recipe = &quot;default&quot;" in page
    assert "recipe = &quot;none&quot;" not in page


def test_importance_is_that_of_every_column(told, penguin_run):
    names = penguin_run.answers.encoder.statistics.names
    assert sorted(told.importance["column"].to_pylist()) == sorted(names)
    assert told.importance["column"][0].as_py() != "year"
    assert told.importance_metric == "accuracy"


def test_figures_by_caption(penguin_run, penguins):
    figures = penguin_run.figures(penguins)
    assert list(figures) == [
        "Learning curves", "Confusion matrix", "ROC curve", "Precision and recall",
        "Calibration", "Permutation importance",
    ]  # fmt: skip
    assert all(hasattr(figure, "savefig") for figure in figures.values())


def test_another_table_is_refused(penguin_run, penguins):
    with pytest.raises(DataError, match="must be that of the run, with the rows"):
        penguin_run.report(penguins.slice(0, 300))
    with pytest.raises(UsageError, match="pass the table as data="):
        penguin_run.report()


def test_left_out_where_it_is_not_asked_for(penguins, tmp_path):
    job = {**SHORT, "report": False, "data": {"target": "species"}}
    quiet = mlpkit.train(job, data=penguins, folder=tmp_path)
    assert not (quiet.path / "report.html").exists()
    quiet.report(penguins)
    assert (quiet.path / "report.html").exists()


def test_threshold_in_confusion_and_table(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=400)
    data = {
        "x": x,
        "y": np.where(x + rng.normal(size=400) > 1, "sick", "well").tolist(),
    }
    job = {**SHORT, "data": {"target": "y"}, "decision": {"threshold": "f1"}}
    run = mlpkit.train(job, data=data, folder=tmp_path)
    page = (run.path / "report.html").read_text()
    assert "<h2>Decision thresholds</h2>" in page
    prepared = prepare(run.config, data)
    given = (prepared, run.answers, run.metrics, run.history)
    held = report_data(*given, title="").held_back
    said = run.predict(prepared.table.take(prepared.split.test))["prediction"]
    classes = np.array(run.target.classes)
    assert classes[held.chosen].tolist() == said.to_pylist()


def test_quantiles_and_several_targets(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=120)
    data = {"x": x, "p": 2 * x, "q": rng.normal(size=120)}
    job = {**SHORT, "data": {"target": ["p", "q"]}}
    job["model"] = {"hidden": [8], "quantiles": [0.1, 0.4, 0.9]}
    run = mlpkit.train(job, data=data, folder=tmp_path)
    page = (run.path / "report.html").read_text()
    for text in ("pinball", "coverage_80", "the quantiles 0.1, 0.4, 0.9"):
        assert text in page
    for row in re.findall("<tr>.*?</tr>", page):  # nothing to prefer there
        assert ("coverage" not in row and "width" not in row) or "better" not in row
    assert 'class="better"' in page
    prepared = prepare(run.config, data)
    given = (prepared, run.answers, run.metrics, run.history)
    held = report_data(*given, title="").held_back
    rows = run.predict(prepared.table.take(prepared.split.test))
    expected = np.stack([rows["p_q0.4"], rows["q_q0.4"]], axis=1)
    assert np.array_equal(held.scores, expected)


def test_many_columns_are_not_permuted(tmp_path):
    x = np.random.default_rng(0).normal(size=(40, 201))
    data = {f"x{i}": x[:, i] for i in range(201)} | {"y": x[:, 0]}
    run = mlpkit.train({**SHORT, "data": {"target": "y"}}, data=data, folder=tmp_path)
    page = (run.path / "report.html").read_text()
    assert "the importance of more than 200 columns is not measured" in page

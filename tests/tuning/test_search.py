import numpy as np
import pytest

import mlpkit
from mlpkit.errors import DataError, UsageError
from mlpkit.training import engine
from mlpkit.tuning import read_records, replay

pytestmark = pytest.mark.slow

SPACE = {"depth": {"int": [1, 1]}, "width": [4], "learning_rate": {"log": [1e-3, 1e-1]}}
CONFIG = {
    "name": "birds",
    "recipe": "none",
    "data": {"target": "species"},
    "training": {"epochs": 3},
    "search": {"trials": 3, "space": SPACE},
}


@pytest.fixture(scope="module")
def searched(penguins, tmp_path_factory):
    folder = tmp_path_factory.mktemp("searches")
    lines = []
    engine.clear()  # what other tests have compiled
    before = engine.compilations()
    result = mlpkit.tune(CONFIG, data=penguins, folder=folder, report=lines.append)
    return result, lines, engine.compilations() - before


def test_best_trial_trains_again_to_the_bit(searched, penguins, tmp_path):
    result, lines, _ = searched
    assert len([t for t in lines if t.startswith("trial")]) == 3
    assert result.trials.num_rows == 3
    losses = result.trials.column("score").to_pylist()
    assert losses == sorted(losses)
    best = mlpkit.load_config(result.path / "best.toml")
    assert best.model.hidden == (4,)
    assert 1e-3 <= best.training.learning_rate <= 1e-1
    run = mlpkit.train(best, data=penguins, folder=tmp_path)
    assert min(run.history["val_loss"]) == losses[0]
    asked, written = (
        c.model_dump(exclude={"search"}) for c in (result.best_config, best)
    )
    assert asked == written  # of the search other tests ask for more trials
    final = mlpkit.load_config(result.path / "final.toml")
    assert final.split.train_on == "all"
    record = min(result.records, key=lambda r: r.score)
    assert final.training.stop_after == record.best_epoch + 1
    assert "best val_loss" in result.report.read_text(encoding="utf-8")


def test_trials_of_one_architecture_compile_once(searched):
    assert searched[2] == 1


def test_replay_of_any_trial_gives_the_same_bits(searched, penguins):
    result, _, _ = searched
    models = result.tuner.get_best_models(3)
    best = result.tuner.oracle.get_best_trials(3)
    record = next(r for r in result.records if r.trial == best[2].trial_id)
    found = replay(result.path, record.trial, data=penguins)
    assert found.curves == record.curves
    pairs = zip(found.model.get_weights(), models[2].get_weights(), strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs)
    with pytest.raises(UsageError, match="there must be a trial '7'"):
        replay(result.path, "7", data=penguins)


def test_finished_search_goes_on_with_more_trials(searched, penguins):
    result, _, _ = searched
    before = [(r.values, r.score) for r in result.records]
    more = mlpkit.tune(
        CONFIG,
        data=penguins,
        overrides=["search.trials=4"],
        folder=result.path.parent,
    )
    assert more.path == result.path
    assert [(r.values, r.score) for r in more.records][:3] == before
    assert len(read_records(more.path)) == 4


def test_another_space_has_its_own_folder(searched, penguins):
    result, _, _ = searched
    other = {**CONFIG, "search": {"trials": 1, "space": {**SPACE, "width": [5]}}}
    found = mlpkit.tune(other, data=penguins, folder=result.path.parent)
    assert found.path != result.path


def test_objective_of_scikit_learn_and_folds(penguins, tmp_path):
    search = {"objective": "val_macro_f1", "folds": 2, "trials": 1, "space": SPACE}
    result = mlpkit.tune({**CONFIG, "search": search}, data=penguins, folder=tmp_path)
    (record,) = result.records
    assert record.score == record.metrics["val_macro_f1"]
    assert 0 <= record.score <= 1


def test_several_objectives_flag_the_front(penguins, tmp_path):
    search = {"objective": ["val_loss", "val_accuracy"], "trials": 2, "space": SPACE}
    result = mlpkit.tune({**CONFIG, "search": search}, data=penguins, folder=tmp_path)
    assert any(result.trials.column("pareto").to_pylist())


def test_no_trial_has_finished(penguins, tmp_path):
    space = {"learning_rate": {"log": [1e30, 1e38]}}
    job = {**CONFIG, "search": {"trials": 2, "space": space}}
    job["training"] = {"epochs": 2, "optimizer": "sgd"}
    lines = []
    result = mlpkit.tune(job, data=penguins, folder=tmp_path, report=lines.append)
    assert result.best_config is None
    assert {r.status for r in result.records} == {"invalid"}
    assert "no trial has finished (2 begun)" in lines[-1]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ({"objective": "val_acuracy"}, "did you mean 'val_accuracy'"),
        ({"space": {"activation": ["gelu", "geluu"]}}, "'geluu' cannot be"),
        ({"stopper": "asha", "objective": "val_macro_f1"}, "must be logged after each"),
        ({"stopper": {"name": "asha", "factr": 3}}, "did you mean 'factor'"),
        ({"oracle": "hyperband", "space": {"epochs": [1, 2]}}, "hyperband gives"),
        ({"space": {"numeric_embedding.bins": [8]}}, "it is left out"),
    ],
)
def test_what_cannot_be_is_told_first(penguins, tmp_path, search, said):
    with pytest.raises(UsageError, match=said):
        mlpkit.tune({**CONFIG, "search": search}, data=penguins, folder=tmp_path)


def test_search_needs_validation_rows(penguins, tmp_path):
    config = {**CONFIG, "split": {"validation_fraction": 0}}
    with pytest.raises(DataError, match="validation_fraction must be > 0"):
        mlpkit.tune(config, data=penguins, folder=tmp_path)


def test_replay_needs_the_folder_of_a_search(tmp_path):
    with pytest.raises(UsageError, match=r"it holds no job\.toml"):
        replay(tmp_path, "0")

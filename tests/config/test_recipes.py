import pytest

from mlpkit.config import RECIPES, Config, DecisionConfig, Facts, with_recipe
from mlpkit.config.schema import ModelConfig, TrainingConfig

SECTIONS = {
    "model": ModelConfig,
    "training": TrainingConfig,
    "decision": DecisionConfig,
}


def job(**values):
    return Config.model_validate({"data": {"target": "y"}, **values})


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("task", ["regression", "binary", "multiclass", "multilabel"])
@pytest.mark.parametrize("rows", [20, 1_000, 10**7])
def test_every_recipe_is_a_valid_configuration(name, task, rows):
    filled = with_recipe(job(recipe=name), Facts(task, rows=rows, numeric=5))
    for section, cls in SECTIONS.items():
        cls.model_validate(getattr(filled, section).model_dump())


@pytest.mark.parametrize("name", RECIPES)
def test_every_setting_exists_and_names_its_evidence(name):
    for key, setting in RECIPES[name].items():
        section, field = key.split(".")
        assert field in SECTIONS[section].model_fields
        assert len(setting.evidence) > 10


def test_what_is_given_wins():
    given = job(
        recipe="default",
        model={"hidden": [7], "dropout": 0.0},
        training={"epochs": 3, "optimizer": "sgd"},
    )
    filled = with_recipe(given, Facts("binary", rows=500, numeric=3))
    assert filled.model.hidden == (7,)
    assert filled.model.dropout == 0
    assert filled.training.epochs == 3
    assert filled.training.optimizer.name == "sgd"
    assert filled.model.parametrization == "ntk"
    assert filled.training.weight_averaging == 8


def test_sizes_follow_the_table():
    def filled(rows, numeric=5):
        config = job(recipe="default")
        return with_recipe(config, Facts("regression", rows=rows, numeric=numeric))

    small, large = filled(500), filled(10**6)
    assert small.training.batch_size < large.training.batch_size
    assert small.training.epochs > large.training.epochs
    assert filled(500, numeric=0).model.numeric_embedding is None
    assert filled(500, numeric=999).model.numeric_embedding is None
    assert filled(500).model.numeric_embedding.name == "pbld"


def test_none_changes_nothing():
    plain = job(recipe="none")
    assert with_recipe(plain, Facts("binary", rows=9, numeric=1)) == plain


def test_of_a_single_layer_only_its_training_is_filled():
    single = job(recipe="default", model={"hidden": []})
    filled = with_recipe(single, Facts("regression", rows=9, numeric=1))
    assert (filled.model, filled.decision) == (single.model, single.decision)
    assert filled.training.learning_rate == 0.01
    assert filled.training.optimizer == single.training.optimizer
    assert with_recipe(single, Facts("binary", rows=9, numeric=1)) == filled


def test_a_course_is_as_long_as_what_is_asked_of_it():
    asked = job(recipe="fast", training={"stop_after": 99})
    filled = with_recipe(asked, Facts("binary", rows=5_000, numeric=1))
    assert filled.training.epochs == filled.training.stop_after == 99


@pytest.mark.parametrize(
    ("task", "rows", "hidden", "dropout", "smoothing", "batch", "epochs"),
    [
        ("binary", 149, (128, 128), 0.3, 0.05, 64, 200),
        ("binary", 999, (128, 128), 0.3, 0.05, 128, 200),
        ("multilabel", 999, (256, 256), 0.3, 0.0, 128, 200),
        ("regression", 999, (256, 256), 0.2, 0.0, 128, 200),
        ("binary", 1_000, (256, 256), 0.2, 0.1, 128, 200),
        ("binary", 9_999, (256, 256), 0.2, 0.1, 256, 181),
        ("regression", 10_000, (256, 256, 256), 0.15, 0.0, 256, 181),
        ("multiclass", 20_000, (256, 256, 256), 0.15, 0.1, 256, 128),
        ("multiclass", 10**6, (256, 256, 256), 0.15, 0.1, 1024, 32),
    ],
)
def test_few_rows_get_a_smaller_network_and_more_epochs(
    task, rows, hidden, dropout, smoothing, batch, epochs
):
    found = with_recipe(job(recipe="default"), Facts(task, rows=rows, numeric=5))
    assert (found.model.hidden, found.model.dropout) == (hidden, dropout)
    training = found.training
    assert training.label_smoothing == smoothing
    assert (training.batch_size, training.epochs) == (batch, epochs)
    assert training.patience == 25


@pytest.mark.parametrize(
    ("rows", "epochs", "patience"),
    [(999, 150, 16), (1_000, 96, 8), (53_940, 39, 8), (10**6, 16, 8)],
)
def test_fast_is_narrow_and_short(rows, epochs, patience):
    found = with_recipe(job(recipe="fast"), Facts("binary", rows=rows, numeric=5))
    assert (found.model.hidden, found.model.dropout) == ((64, 64), 0)
    assert found.model.numeric_embedding is None
    assert (found.training.epochs, found.training.patience) == (epochs, patience)


def test_the_last_epoch_is_no_late_one():
    facts = Facts("binary", rows=50, numeric=5, validated=False)
    assert with_recipe(job(recipe="default"), facts).training.epochs == 128

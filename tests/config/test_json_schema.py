"""The JSON schema for editors, beside what is read."""

import tomllib
from pathlib import Path

import jsonschema
import pytest

from mlpkit.config import Config, Facts, to_toml, with_recipe

CONFIGS = Path(__file__).resolve().parents[2] / "configs"
FORMS = [
    {"data": {"target": "price"}},
    {"data": {"target": ["a", "b"]}},
    {"ensemble": "folds"},
    {"ensemble": {"name": "folds", "members": 3}},
    {"model": {"activation": "gelu", "numeric_embedding": "none"}},
    {"model": {"numeric_embedding": {"name": "pbld", "dim": 8}}},
    {"training": {"optimizer": "adam", "schedule": "one_cycle", "patience": "none"}},
    {"training": {"optimizer": {"name": "adam", "beta_2": 0.95}}},
    {"search": {"oracle": "bayesian", "stopper": "asha", "objective": "val_loss"}},
    {"search": {"objective": ["val_loss", {"name": "val_auc", "direction": "max"}]}},
    {"search": {"time": "10m", "space": {"dropout": [0.0, 0.2]}}},
]
MISTAKES = [
    {"data": {"target": 3}},
    {"ensemble": "bagging"},
    {"model": {"numeric_embedding": "foo"}},
    {"training": {"optimizer": {"beta_2": "high", "name": 3}}},
    {"training": {"patience": "never"}},
]


@pytest.fixture(scope="module")
def schema():
    found = Config.model_json_schema()
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def job(given):
    return {**given, "data": {"target": "y", **given.get("data", {})}}


@pytest.mark.parametrize("given", FORMS, ids=str)
def test_takes_every_form(schema, given):
    Config.model_validate(job(given))
    assert schema.is_valid(job(given)), list(schema.iter_errors(job(given)))


@pytest.mark.parametrize("given", MISTAKES, ids=str)
def test_refuses_mistakes(schema, given):
    assert not schema.is_valid(job(given))


@pytest.mark.parametrize("path", sorted(CONFIGS.rglob("*.toml")), ids=lambda p: p.name)
def test_takes_the_jobs_that_come_along(schema, path):
    assert schema.is_valid(tomllib.loads(path.read_text()))


@pytest.mark.parametrize("task", ["regression", "binary"])
def test_takes_what_a_run_saves(schema, task):
    filled = with_recipe(
        Config.model_validate(job({})), Facts(task, rows=99, numeric=0)
    )
    schema.validate(tomllib.loads(to_toml(filled)))

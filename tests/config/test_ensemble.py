import pytest

from mlpkit.config import EnsembleConfig, load_config
from mlpkit.errors import UsageError

JOB = {"data": {"target": "y"}}


@pytest.mark.parametrize(
    ("given", "name", "count"),
    [
        ({}, "none", 1),
        ({"ensemble": "folds"}, "folds", 5),
        ({"ensemble": {"name": "seeds", "members": 3}}, "seeds", 3),
        ({"ensemble": EnsembleConfig(name="tabm")}, "tabm", 16),
    ],
)
def test_by_name_or_as_a_section(given, name, count):
    ensemble = load_config({**JOB, **given}).ensemble
    assert (ensemble.name, ensemble.count) == (name, count)


def test_settings_of_the_command_line_win():
    config = load_config({**JOB, "ensemble": "folds"}, ["ensemble.members=3"])
    assert config.ensemble == EnsembleConfig(name="folds", members=3)
    assert load_config(JOB, ["ensemble=tabm"]).ensemble.name == "tabm"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("fold", "ensemble.name: must be .* got 'fold'; did you mean 'folds'"),
        ({"name": "folds", "members": 1}, "ensemble.members: must be .* 2, got 1"),
        ({"folds": 5}, "ensemble.folds: no such key"),
        (5, "ensemble: "),
    ],
)
def test_mistakes(given, message):
    with pytest.raises(UsageError, match=message):
        load_config({**JOB, "ensemble": given})

import inspect

import pytest
from sklearn.base import clone
from sklearn.neural_network import MLPClassifier, MLPRegressor

import mlpkit

PAIRS = [(mlpkit.MLPClassifier, MLPClassifier), (mlpkit.MLPRegressor, MLPRegressor)]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_every_parameter_of_scikit_learn_is_here_in_the_same_place(ours, theirs):
    found = inspect.signature(ours).parameters
    expected = inspect.signature(theirs).parameters
    assert set(expected) <= set(found)
    by_position = [p.name for p in expected.values() if p.kind is not p.KEYWORD_ONLY]
    assert [p.name for p in found.values() if p.kind is not p.KEYWORD_ONLY] == (
        by_position
    )


@pytest.mark.parametrize("ours", [mlpkit.MLPClassifier, mlpkit.MLPRegressor])
def test_parameters_are_kept_as_they_are(ours):
    settings = {"model.dropout": 0.2}
    model = ours(settings=settings, hidden_layer_sizes=[3], recipe="fast")
    assert model.get_params()["settings"] is settings
    assert model.hidden_layer_sizes == [3]
    assert clone(model).get_params() == model.get_params()
    assert "settings={'model.dropout': 0.2}" in repr(model)
    assert model != clone(model)  # as any estimator, equal to itself only


@pytest.mark.parametrize("ours", [mlpkit.MLPClassifier, mlpkit.MLPRegressor])
def test_every_parameter_is_documented(ours):
    names = inspect.signature(ours).parameters
    text = mlpkit.MLPClassifier.__doc__ + ours.__doc__
    assert [n for n in names if f"        {n}: " not in text] == []

"""What only a fitted estimator can be asked."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import mlpkit


def test_before_it_is_fitted(tmp_path):
    model = mlpkit.MLPRegressor()
    assert not model.__sklearn_is_fitted__()
    for name in ("coefs_", "intercepts_", "settings_"):
        with pytest.raises(AttributeError, match="it is not fitted yet"):
            getattr(model, name)
    with pytest.raises(NotFittedError):
        model.export(tmp_path)


@pytest.mark.parametrize("recipe", ["default", "fast", "lecture", "none"])
def test_settings_tell_what_the_recipe_chose(recipe):
    x = np.random.default_rng(0).normal(size=(120, 3))
    given = {
        "training.label_smoothing": 0.0,
        "model.numeric_embedding": None,
        "preprocessing.standardize_target": False,
        "split.validation_fraction": 0.3,
        "data.missing_values": ["?"],
    }
    model = mlpkit.MLPRegressor(
        hidden_layer_sizes=4, max_iter=2, recipe=recipe, settings=given
    )
    found = model.fit(x, x[:, 0]).settings_
    assert found["model.hidden"] == [4]
    assert found["training.epochs"] == 2
    assert given.items() <= found.items()
    again = mlpkit.MLPRegressor(recipe="none", settings=found).fit(x, x[:, 0])
    np.testing.assert_array_equal(model.predict(x), again.predict(x))
    assert again.settings_ == found


def test_settings_are_silent_on_what_a_parameter_replaced():
    x = np.random.default_rng(0).normal(size=(120, 3))
    model = mlpkit.MLPRegressor(max_iter=3, n_iter_no_change=2).fit(x, x[:, 0])
    assert "training.patience" not in model.settings_
    model.set_params(n_iter_no_change=None).fit(x, x[:, 0])
    assert model.settings_["training.patience"] == 25

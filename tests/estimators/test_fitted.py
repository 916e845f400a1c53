"""What only a fitted estimator can be asked."""

import pytest
from sklearn.exceptions import NotFittedError

import mlpkit


def test_before_it_is_fitted(tmp_path):
    model = mlpkit.MLPRegressor()
    assert not model.__sklearn_is_fitted__()
    for name in ("coefs_", "intercepts_"):
        with pytest.raises(AttributeError, match="it is not fitted yet"):
            getattr(model, name)
    with pytest.raises(NotFittedError):
        model.export(tmp_path)

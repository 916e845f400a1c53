"""Whatever a table holds, the answers are finite."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mlpkit

MANY = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

NUMBERS = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=False, width=32),
    st.sampled_from([0.0, -0.0, 1e-40, 3e38, -3e38]),
)
WHOLE = st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1), st.integers(0, 2))
TEXTS = st.one_of(st.none(), st.sampled_from(["a", "b", "", "NA", "?"]), st.text())
DATES = st.one_of(
    st.none(),
    st.datetimes(pd.Timestamp(1700, 1, 1), pd.Timestamp(2250, 1, 1)),
)


def frame(draw, rows):
    def column(values, kind):
        return pd.Series([draw(values) for _ in range(rows)], dtype=kind)

    return pd.DataFrame(
        {
            "number": column(NUMBERS, "float64"),
            "whole": column(WHOLE, "Int64"),
            "text": column(TEXTS, object),
            "day": column(DATES, "datetime64[us]"),
            "same": 1.0,
        }
    )


@st.composite
def frames(draw, rows):
    return frame(draw, rows)


@pytest.fixture(scope="module")
def usual():
    """Trained on 60 rows of every kind."""
    x = pd.DataFrame(
        {
            "number": np.linspace(-1, 1, 60),
            "whole": pd.Series(np.arange(60) % 7, dtype="Int64"),
            "text": np.where(np.arange(60) % 3, "a", "b"),
            "day": pd.date_range("2024-01-01", periods=60, freq="D"),
            "same": 1.0,
        }
    )
    small = {"hidden_layer_sizes": 4, "max_iter": 2, "recipe": "none"}
    model = mlpkit.MLPClassifier(**small).fit(x, np.arange(60) % 2)
    values = mlpkit.MLPRegressor(**small).fit(x, np.linspace(0, 1, 60))
    return model, values


@MANY
@given(rows=frames(rows=3))
@pytest.mark.slow
def test_any_row_is_answered(usual, rows):
    model, values = usual
    assert np.isfinite(model.predict_proba(rows)).all()
    assert np.isfinite(values.predict(rows)).all()

"""A run's answers are finite, whatever the rows hold."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROW = st.fixed_dictionaries(
    {
        "island": st.one_of(st.none(), st.text()),
        "bill_length_mm": st.one_of(st.none(), st.floats()),
        "bill_depth_mm": st.one_of(st.none(), st.floats(width=32)),
        "flipper_length_mm": st.one_of(st.none(), st.integers(-(2**62), 2**62)),
        "body_mass_g": st.one_of(st.none(), st.integers(0, 10)),
        "sex": st.sampled_from(["male", "female", "", "NA", None]),
        "year": st.integers(-(2**31), 2**31),
    }
)


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(rows=st.lists(ROW, min_size=1, max_size=4))
@pytest.mark.slow
def test_any_row_is_answered(penguin_run, rows):
    answers = penguin_run.predict({k: [row[k] for row in rows] for k in rows[0]})
    scores = np.stack([answers[name] for name in answers.column_names[1:]], axis=1)
    assert np.isfinite(scores).all()
    np.testing.assert_allclose(scores.sum(axis=1), 1, rtol=1e-5)

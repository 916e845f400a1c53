import numpy as np
import pytest

from mlpkit.config import load_config
from mlpkit.errors import UsageError

JOB = {"data": {"target": "y"}}


@pytest.mark.parametrize("levels", [0.5, "0.5", {0.5: 1}])
def test_anything_but_a_list_is_refused_in_words(levels):
    said = r"model\.quantiles: must be a list of numbers in \(0, 1\), .* got "
    with pytest.raises(UsageError, match=said):
        load_config({**JOB, "model": {"quantiles": levels}})


@pytest.mark.parametrize("levels", [(0.1, 0.9), [0.1, 0.9], np.array([0.1, 0.9])])
def test_lists_tuples_and_arrays_are_taken(levels):
    job = load_config({**JOB, "model": {"quantiles": levels}})
    assert job.model.quantiles == (0.1, 0.9)

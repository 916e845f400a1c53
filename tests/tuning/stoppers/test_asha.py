import numpy as np
import pytest

from mlpkit.tuning.stoppers import Asha


def test_the_best_third_goes_on_at_each_rung():
    rule = Asha(first=1, factor=3)
    final = np.random.default_rng(1).permutation(27) / 27.0
    curves, alive = [], list(range(27))
    for rung in (0, 2, 8):
        going = []
        for trial in alive:
            curve = dict.fromkeys(range(rung + 1), final[trial])
            others = [(c, True) for c in curves if max(c) >= rung]
            if not rule.stops(rung, curve, others):
                going.append(trial)
            curves.append(curve)
        assert min(alive, key=lambda t: final[t]) in going
        alive = going  # early ones too, which had little to be compared with
    assert 1 <= len(alive) <= 5


def test_few_have_nothing_to_be_compared_with():
    assert not Asha(factor=3).stops(0, {0: 9.0}, [({0: 1.0}, True)])


def test_those_that_have_not_come_to_the_rung_do_not_count():
    others = [({0: 0.0}, False), ({0: 0.0}, True)]
    assert not Asha(factor=3).stops(2, {0: 9.0, 1: 9.0, 2: 9.0}, others)


def test_without_a_finite_value_it_ends():
    others = [({0: 1.0}, True), ({0: 2.0}, True)]
    assert Asha().stops(0, {0: float("nan")}, others)


@pytest.mark.parametrize("given", [{"first": 0}, {"factor": 1}])
def test_out_of_range(given):
    with pytest.raises(ValueError, match="factor >= 2, got"):
        Asha(**given)

import inspect

import keras
import pytest

from mlpkit.components.optimizers import SGD, Adam
from mlpkit.components.optimizers.base import ComponentOptimizer
from mlpkit.components.optimizers.options import check_patterns, merge_signature


def test_only_one_kind_of_clipping():
    message = "SGD: only one of clipnorm, clipvalue and .* got clipnorm, clipvalue"
    with pytest.raises(ValueError, match=message):
        SGD(clipnorm=1.0, clipvalue=1.0)


def test_an_unknown_option_is_refused():
    with pytest.raises(TypeError, match="momentun"):
        Adam(momentun=0.9)


@pytest.mark.parametrize("rate", [1, 0, 0.5, keras.optimizers.schedules.CosineDecay])
def test_rates_of_every_kind_are_taken(rate):
    if inspect.isclass(rate):
        rate = rate(0.5, 10)
    assert float(SGD(rate).learning_rate) == pytest.approx(
        rate if rate in (0, 1) else 0.5
    )


def test_the_signature_names_every_option_once():
    names = list(inspect.signature(Adam).parameters)
    assert names[:3] == ["learning_rate", "beta_1", "beta_2"]
    assert names[-1] == "name"
    assert {"weight_decay", "clipnorm", "skip_nonfinite"} < set(names)
    assert not {"gradient", "rate", "options", "self"} & set(names)
    assert len(names) == len(set(names))


def test_own_arguments_hide_options_of_the_same_name():
    class Own:
        def __init__(self, learning_rate, *, clipnorm, **options):
            pass

    merge_signature(Own, ComponentOptimizer)
    assert list(inspect.signature(Own).parameters).count("clipnorm") == 1


def test_patterns_become_a_tuple():
    assert check_patterns(object(), ["a.*", "b"]) == ("a.*", "b")
    with pytest.raises(ValueError, match="sequence of regular expressions, got 3"):
        check_patterns(object(), 3)

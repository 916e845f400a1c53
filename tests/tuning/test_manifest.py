import keras_tuner
import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.manifest import (
    check_manifest,
    describe,
    read_manifest,
    write_manifest,
)


def space(high=3, extra=False):
    hp = keras_tuner.HyperParameters()
    hp.Int("depth", 1, high)
    hp.Choice("kind", ["a", "b"])
    if extra:
        with hp.conditional_scope("kind", ["b"]):
            hp.Float("rate", 0.1, 0.2)
    return hp


def test_same_search(tmp_path):
    now = describe(space(extra=True), seed=1, identity=("x", 1))
    write_manifest(tmp_path, now)
    check_manifest(tmp_path, read_manifest(tmp_path), now)
    assert read_manifest(tmp_path / "none") is None


def test_what_differs_is_told(tmp_path):
    before = describe(space(), seed=1)
    now = describe(space(high=4, extra=True), seed=2)
    with pytest.raises(UsageError, match="it is of another one") as caught:
        check_manifest(tmp_path, {**before, "format": 0}, now)
    lines = str(caught.value).splitlines()[1:-1]
    assert len(lines) == 4
    assert "format was 0, is 1" in lines[0]
    assert "max_value=3" in lines[1]
    assert "max_value=4" in lines[1]
    assert "'rate' was not there, is Float(" in lines[2]
    assert "seed was 1, is 2" in lines[3]

import numpy as np
import pytest

from mlpkit.errors import OutputError
from mlpkit.tuning.state_file import read_state, write_state, write_text


def test_numbers_of_numpy_come_back(tmp_path):
    path = tmp_path / "a" / "state.json"
    write_state(path, {"x": np.float32(0.5), "y": np.arange(2)})
    assert read_state(path) == {"x": 0.5, "y": [0, 1]}
    assert read_state(tmp_path / "none.json") is None


@pytest.mark.parametrize("spoiled", ["", "{", '{"digest": "0", "state": "1"}', "[1]"])
def test_the_one_before_is_used_and_it_is_said(tmp_path, spoiled):
    path = tmp_path / "state.json"
    said = []
    write_state(path, 1)
    write_state(path, 2)
    assert read_state(path, said.append) == 2
    path.write_text(spoiled)
    assert said == []
    assert read_state(path, said.append) == 1
    assert said == [f"{path}: the file is spoiled, the one before it is used"]


def test_a_kill_between_the_renames_loses_nothing(tmp_path):
    path = tmp_path / "state.json"
    write_state(path, 1)
    path.replace(path.with_name("state.json.before"))
    said = []
    assert read_state(path, said.append) == 1
    assert said == []


def test_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="must be writable"):
        write_text(tmp_path / "file" / "x.txt", "")

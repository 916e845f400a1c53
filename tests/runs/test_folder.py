import pytest

from mlpkit.errors import OutputError
from mlpkit.runs import written_aside


def test_whole_or_absent(tmp_path):
    path = tmp_path / "out"
    with pytest.raises(RuntimeError), written_aside(path) as folder:  # noqa: PT012
        (folder / "half").write_text("")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with written_aside(path) as folder:
        (folder / "file").write_text("first")
    with written_aside(path) as folder:
        (folder / "file").write_text("second")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
    assert (path / "file").read_text() == "second"


def test_full_disk_leaves_nothing(tmp_path):
    with (
        pytest.raises(OutputError, match="No space left"),
        written_aside(tmp_path / "x"),
    ):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []

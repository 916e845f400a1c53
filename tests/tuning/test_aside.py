import pytest

from mlpkit.errors import OutputError
from mlpkit.tuning.aside import aside


def test_whole_or_as_before(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with aside(path) as temporary:
        temporary.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"

    def fail():
        with aside(path) as temporary:
            temporary.write_text("tw")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert path.read_text() == "one"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


def test_what_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    def write():
        with aside(tmp_path / "file" / "below"):
            pass

    with pytest.raises(
        OutputError, match="below: must be writable and have room, got: "
    ):
        write()

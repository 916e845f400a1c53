import pytest

from mlpkit.config import load_config
from mlpkit.runs.at_home import at_home


@pytest.mark.parametrize("key", ["path", "validation", "test"])
def test_every_file_is_named_from_the_root(key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = load_config({"data": {"target": "y", key: "a/rows.csv"}})
    found = at_home(given)
    assert getattr(found.data, key) == str(tmp_path / "a" / "rows.csv")
    assert at_home(found) == found


def test_what_is_no_file_stays():
    given = load_config({"data": {"target": "y", "path": "sklearn:iris"}})
    assert at_home(given) == given

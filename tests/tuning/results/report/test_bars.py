import pytest

from mlpkit.tuning.results.importance import Importance, Share
from mlpkit.tuning.results.report.bars import importance_bars


def test_bars_are_as_long_as_their_shares(parsed):
    found = Importance((Share("<a>", 0.8, 0.5), Share("b", 0.0, 0.0)), 0.9, 30)
    root = parsed(importance_bars(found))
    widths = [(r.get("class"), float(r.get("width"))) for r in root.iter("rect")]
    assert [kind for kind, _ in widths] == ["total", "alone"] * 2
    assert widths[1][1] / widths[0][1] == pytest.approx(0.5 / 0.8)
    assert widths[2][1] == 0
    assert [t.text for t in root.iter("text")] == ["<a>", "80%", "b", "0%"]

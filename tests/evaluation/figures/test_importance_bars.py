import pyarrow as pa
import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.figures import importance_bars


def importance(count):
    return pa.table(
        {
            "column": [f"c{i}" for i in range(count)],
            "importance": [1.0 / (i + 1) for i in range(count)],
            "std": [0.01] * count,
        }
    )


def test_bars_and_their_names():
    axes = importance_bars.figure(importance(3), "auc").axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == importance(3)["importance"].to_pylist()
    assert [t.get_text() for t in axes.get_yticklabels()] == ["c0", "c1", "c2"]
    assert axes.yaxis_inverted()
    assert axes.get_xlabel() == "drop of auc without it"


def test_most_important_of_many():
    axes = importance_bars.figure(importance(30), "rmse", most=5).axes[0]
    assert len(axes.patches) == 5
    assert axes.get_title() == "5 most important of 30 columns"
    assert axes.get_xlabel() == "rise of rmse without it"


def test_bad_input():
    with pytest.raises(DataError, match="must have rows, got none"):
        importance_bars.figure(importance(3)[:0], "auc")

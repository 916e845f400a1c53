import numpy as np
import pyarrow as pa
import pytest

from mlpkit.config import Config
from mlpkit.data import Target
from mlpkit.errors import UsageError
from mlpkit.estimators.hold_out import hold_out_rows
from mlpkit.estimators.rows import Rows

CONFIG = Config.model_validate(
    {"data": {"target": ["y"]}, "split": {"validation_fraction": 0.25}}
)


def rows(counts):
    y = np.repeat(np.arange(len(counts)), counts).astype(np.int32)
    target = Target(("y",), "multiclass", tuple(range(len(counts))))
    return Rows(pa.table({"x": y}), target, y)


def test_each_class_gives_its_share():
    some = rows([40, 8, 1])
    split = hold_out_rows(CONFIG, some, hold_out=True)
    assert np.bincount(some.y[split.validation], minlength=3).tolist() == [10, 2, 0]
    both = np.concatenate([split.train, split.validation])
    assert sorted(both.tolist()) == list(range(49))
    assert len(split.test) == 0


def test_auto_holds_out_where_rows_are_many():
    assert len(hold_out_rows(CONFIG, rows([500, 499]), "auto").validation) == 0
    assert len(hold_out_rows(CONFIG, rows([500, 500]), "auto").validation) == 250


def test_too_few_rows_are_said():
    with pytest.raises(UsageError, match="0.25 of 3 rows are none"):
        hold_out_rows(CONFIG, rows([1, 1, 1]), hold_out=True)

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

import mlpkit
from mlpkit.config import Config
from mlpkit.data import Target
from mlpkit.errors import UsageError
from mlpkit.estimators.hold_out import hold_out_rows, holds_out
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
    assert not holds_out(CONFIG, rows([50, 49]), "auto")
    some = rows([50, 50])
    assert holds_out(CONFIG, some, "auto")
    assert not holds_out(CONFIG, some, hold_out=False)
    assert len(hold_out_rows(CONFIG, some, hold_out=True).validation) == 24


def test_weights_are_no_rows():
    few = replace(rows([50]), sample_weight=np.full(50, 2.0))
    assert not holds_out(CONFIG, few, "auto")
    some = replace(rows([101]), sample_weight=np.r_[0.0, 0.0, np.ones(99)])
    assert not holds_out(CONFIG, some, "auto")


def test_nothing_is_held_out_where_every_class_has_too_few_rows():
    assert not holds_out(CONFIG, rows([1] * 101), "auto")
    assert holds_out(CONFIG, rows([1] * 99 + [3]), "auto")
    assert holds_out(CONFIG, rows([1] * 101), hold_out=True)
    weighted = replace(rows([4] * 50), sample_weight=np.tile([1.0, 0, 0, 1], 50))
    assert not holds_out(CONFIG, weighted, "auto")  # two of each class count


def test_too_few_rows_are_said():
    with pytest.raises(UsageError, match=r"0.25 of 1 row\(s\) of a class are"):
        hold_out_rows(CONFIG, rows([1, 1, 1]), hold_out=True)


def test_a_patience_without_rows_is_said(line):
    model = mlpkit.MLPRegressor(settings={"training.patience": 5})
    with pytest.raises(UsageError, match="got none of 99; set early_stopping=True"):
        model.fit(line[0][:99], line[1][:99])

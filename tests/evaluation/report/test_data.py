import dataclasses

import pytest

from mlpkit.errors import DataError
from mlpkit.evaluation.report import HeldBack


def test_names_are_classes_or_targets(report_data):
    assert report_data("regression").names == ["wing & leg"]
    assert len(report_data("multiclass").names) == 3


def test_scores_must_fit_the_classes(report_data):
    data = report_data("multiclass")
    held = HeldBack("test", data.held_back.y, data.held_back.scores[:, :2])
    with pytest.raises(DataError, match=r"shape \(200, 3\), got \(200, 2\)"):
        dataclasses.replace(data, held_back=held)

"""The same rows for everyone, and errors judged as scikit-learn does."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    accuracy_score,
    hamming_loss,
    log_loss,
    root_mean_squared_error,
)


@pytest.fixture
def generator():
    return np.random.default_rng(3)


@pytest.fixture
def frame(generator):
    rows = 100
    return pd.DataFrame(
        {
            "x": generator.normal(size=rows),
            "kind": generator.choice(["red", "blue", None], rows),
            "class": ["a"] * 70 + ["b"] * 28 + ["c"] * 2,
            "value": generator.normal(size=rows) * 5,
        }
    )


def table(frame, task, target):
    from contest.tables import make

    return make("some", task, frame, target)


def test_parts_share_no_row_and_leave_none_out(frame):
    from contest.splits import split

    y = pd.factorize(frame["class"])[0]
    parts = split("multiclass", y, 0)
    assert sorted(np.concatenate(parts)) == list(range(100))
    counts = [np.bincount(y[rows], minlength=3).tolist() for rows in parts]
    assert counts == [[42, 16, 2], [14, 6, 0], [14, 6, 0]]
    again, other = split("multiclass", y, 0), split("multiclass", y, 1)
    assert all((a == b).all() for a, b in zip(parts, again, strict=True))
    assert set(parts[2]) != set(other[2])
    assert [len(p) for p in split("regression", y, 0)] == [60, 20, 20]


def test_columns_become_numbers_and_categories(frame):
    frame.loc[3, "class"] = None
    found = table(frame, "multiclass", ["class"])
    assert (len(found.features), found.classes) == (99, 3)
    assert found.features["x"].dtype == "float64"
    assert list(found.features["kind"].cat.categories) == ["blue", "red"]
    assert found.features["kind"].isna().sum() == frame["kind"].drop(3).isna().sum()
    assert found.target.tolist() == [0] * 69 + [1] * 28 + [2] * 2


def test_a_large_table_is_cut_to_the_same_rows(frame):
    from contest.tables import make

    first = make("some", "regression", frame, ["value"], most_rows=40)
    again = make("some", "regression", frame, ["value"], most_rows=40)
    assert (len(first.target), first.rows_found) == (40, 100)
    assert (first.target == again.target).all()


def test_regression_is_judged_in_standard_deviations(frame, generator):
    from contest.job import judge, make_job

    job = make_job(table(frame, "regression", ["value"]), 0, 1, "known")
    answers = generator.normal(size=20)
    expected = root_mean_squared_error(job.y_test, answers) / frame["value"].std(ddof=0)
    assert judge(job, answers) == {"error": pytest.approx(expected), "log_loss": None}


def test_classes_are_judged_as_by_scikit_learn(frame, generator):
    from contest.job import by_class, judge, make_job

    job = make_job(table(frame, "multiclass", ["class"]), 0, 1, "known")
    p = generator.dirichlet([1, 1], size=20)
    found = judge(job, by_class(p, np.array([0, 1]), 3))
    chosen = p.argmax(axis=1)
    assert found["error"] == pytest.approx(1 - accuracy_score(job.y_test, chosen))
    assert found["log_loss"] == pytest.approx(log_loss(job.y_test, p), rel=1e-5)


def test_labels_are_judged_one_by_one(frame, generator):
    from contest.job import judge, make_job

    frame["u"] = (frame["x"] > 0).astype(int)
    frame["v"] = (frame["value"] > 0).astype(int)
    job = make_job(table(frame, "multilabel", ["u", "v"]), 0, 1, "known")
    p = generator.random((20, 2))
    found = judge(job, p)
    assert found["error"] == pytest.approx(hamming_loss(job.y_test, p > 0.5))
    each = [log_loss(job.y_test[:, i], p[:, i]) for i in range(2)]
    assert found["log_loss"] == pytest.approx(np.mean(each))


def test_an_answer_that_is_no_number_is_refused(frame):
    from contest.job import judge, make_job

    job = make_job(table(frame, "regression", ["value"]), 0, 1, "known")
    with pytest.raises(ValueError, match="no finite number"):
        judge(job, np.full(20, np.nan))


def test_a_peer_fits_a_job(frame):
    from contest.job import make_job
    from contest.methods import METHODS
    from contest.worker import run

    job = make_job(
        table(frame.drop(columns="class"), "regression", ["value"]), 0, 1, "known"
    )
    found = run(METHODS["sklearn MLP stopped"], job)
    assert found["fitted_rows"] == 80
    assert len(job.learn_from[1]) == 80
    assert len(replace(job, rows="train").learn_from[1]) == 60
    assert found["error"] > 0
    assert found["fit_seconds"] > 0

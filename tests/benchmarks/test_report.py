"""Ranks, win rates and relative errors, against numbers worked out by hand."""

import math

import pytest
from scipy.stats import gmean, rankdata

# table, split → error of a, b, c
CELLS = {
    ("iris", 0): (0.10, 0.20, 0.30),
    ("iris", 1): (0.30, 0.20, 0.30),
    ("wine", 0): (0.00, 0.10, 0.00),
    ("ames", 0): (0.50, 0.40, 0.30),
}


def line(table, split, method, error, **more):
    return {
        "table": table,
        "split": split,
        "method": method,
        "error": error,
        "log_loss": None if table == "ames" else error * 2,
        "fit_seconds": 3.0 if method == "a" else 12.0,
        "cpu_share": 0.5,
        "predict_seconds": 0.1,
        "fitted_rows": 3000,
        "test_rows": 500,
        "package": "some 1.0",
        **more,
    }


@pytest.fixture
def lines():
    return [
        line(*cell, method, error)
        for cell, errors in CELLS.items()
        for method, error in zip("abc", errors, strict=True)
    ]


def by_method(rows):
    return {row["method"]: row for row in rows}


def test_ranks_are_of_the_means_over_splits_and_ties_share(lines):
    from contest.report import summary

    found = by_method(summary(lines, ["a", "b", "c"], "a"))
    # iris: 0.2, 0.2, 0.3; wine: 0, 0.1, 0; ames: 0.5, 0.4, 0.3
    means = [(0.2, 0.2, 0.3), (0.0, 0.1, 0.0), (0.5, 0.4, 0.3)]
    expected = sum(rankdata(row) for row in means) / 3
    assert [found[m]["rank"] for m in "abc"] == pytest.approx(expected.tolist())
    # of log losses ames has none
    expected = sum(rankdata(row) for row in means[:2]) / 2
    assert [found[m]["log_loss_rank"] for m in "abc"] == pytest.approx(expected)


def test_a_tie_is_half_a_win(lines):
    from contest.report import summary

    found = by_method(summary(lines, ["a", "b", "c"], "a"))
    assert found["b"]["reference_wins"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert found["c"]["reference_wins"] == pytest.approx((1 + 0.5 + 0) / 3)


def test_means_of_the_same_errors_in_another_order_tie():
    from contest.report import summary

    errors = {"a": (0.1, 0.2, 0.3), "b": (0.3, 0.2, 0.1)}  # summed they differ by 1e-16
    lines = [line("iris", s, m, e[s]) for m, e in errors.items() for s in range(3)]
    found = by_method(summary(lines, ["a", "b"], "a"))
    assert found["b"]["reference_wins"] == 0.5
    assert found["a"]["rank"] == found["b"]["rank"] == 1.5


def test_relative_error_is_a_shifted_geometric_mean(lines):
    from contest.report import summary

    found = by_method(summary(lines, ["a", "b", "c"], "a"))
    expected = gmean([0.21 / 0.21, 0.11 / 0.01, 0.41 / 0.51])
    assert found["b"]["relative_error"] == pytest.approx(expected)
    assert found["a"]["relative_error"] == pytest.approx(1.0)
    assert found["b"]["median_error"] == pytest.approx(0.21 / 0.21)


def test_seconds_are_ratios_and_per_thousand_rows(lines):
    from contest.report import summary, with_cpu_seconds

    found = by_method(summary(lines, ["a", "b"], "a"))
    assert found["b"]["fit_times"] == pytest.approx(4.0)
    assert found["b"]["fit_seconds_per_1000"] == pytest.approx(4.0)
    assert found["b"]["predict_seconds_per_1000"] == pytest.approx(0.2)
    found = by_method(summary(with_cpu_seconds(lines), ["a", "b"], "a"))
    assert found["b"]["fit_seconds_per_1000"] == pytest.approx(2.0)
    assert lines[0]["fit_seconds"] == 3.0


def test_only_what_both_have_is_compared(lines):
    from contest.report import ranked_tables, summary

    some = [x for x in lines if (x["method"], x["table"]) != ("b", "wine")]
    some = [
        x for x in some if (x["method"], x["table"], x["split"]) != ("b", "iris", 1)
    ]
    some.append({"table": "wine", "split": 0, "method": "b", "failed": "too slow"})
    assert ranked_tables(some, ["a", "b", "c"]) == 2
    found = by_method(summary(some, ["a", "b", "c"], "a"))
    # iris by its first split alone: 0.1, 0.2, 0.3; ames: 0.5, 0.4, 0.3
    assert [found[m]["rank"] for m in "abc"] == [2.0, 2.0, 2.0]
    assert found["b"]["relative_error"] == pytest.approx(
        gmean([0.21 / 0.11, 0.41 / 0.51])
    )
    assert found["c"]["relative_error"] == pytest.approx(
        gmean([0.31 / 0.21, 0.01 / 0.01, 0.31 / 0.51])
    )
    assert (found["b"]["failed"], found["b"]["tables"]) == (1, 2)


def test_a_method_without_lines_is_left_out(lines):
    from contest.report import summary

    rows = summary(lines, ["a", "z"], "z")
    assert [row["method"] for row in rows] == ["a"]
    assert math.isnan(rows[0]["relative_error"])


def test_table_tells_missing_figures_as_nothing(lines):
    from contest.report import summary, table_of

    text = table_of(summary(lines, ["a", "b"], "z"), "z")
    assert "nan" not in text
    widths = {row.count("|") for row in text.splitlines()}
    assert len(widths) == 1


def test_errors_by_table_are_means(lines):
    from contest.report import errors_by_table

    found = errors_by_table(lines, ["a", "b"])
    assert found["iris"] == {"a": 0.2, "b": 0.2}
    assert list(found) == ["ames", "iris", "wine"]


def test_fit_times_tell_first_splits_and_next_ones_apart():
    from contest.report import fit_times_by_rows

    def line(method, split, rows, seconds):
        return {
            "table": f"of {rows}",
            "split": split,
            "method": method,
            "fitted_rows": rows,
            "fit_seconds": seconds,
        }

    lines = [line("peer", s, rows, 10.0) for s in (0, 1) for rows in (499, 500, 9_000)]
    lines += [line("own", 0, 499, 5.0), line("own", 1, 499, 1.0)]
    lines += [line("own", 0, 500, 4.0), line("own", 1, 9_000, 2.0)]
    found = fit_times_by_rows(lines, "own", "peer")
    assert [tuple(row.values()) for row in found] == [
        (0, 0.5, 0.1, 1),
        (500, 0.4, None, 1),
        (1_000, None, None, 0),
        (1_400, None, 0.2, 1),
    ]

"""How `benchmarks/fast.py` compares."""

import pytest


def _line(table: str, split: int, way: str, rows: int, **values: float) -> dict:
    return {"table": table, "split": split, "method": way, "rows": rows, **values}


@pytest.fixture
def lines() -> list[dict]:
    return [
        _line("a", 0, "default", 100, error=0.19, first=2.0, later=1.0),
        _line("a", 0, "fast", 100, error=0.39, first=1.0, later=0.5),
        _line("a", 1, "default", 100, error=0.19, first=9.0, later=1.0),
        _line("a", 1, "fast", 100, error=0.39, first=0.1, later=0.1),
        _line("b", 0, "default", 2_000, nrmse=0.49, first=4.0, later=2.0),
        _line("b", 0, "fast", 2_000, nrmse=0.24, first=0.5, later=0.25),
        _line("smooth", 0, "default", 300, nrmse=0.09, first=4.0, later=2.0),
    ]


def test_errors_are_compared_by_kind_of_table(lines):
    from fast import errors

    found = {(x["way"], x["kind"]): x for x in errors(lines)}
    assert found["fast", "classes"]["error"] == pytest.approx(2)
    assert found["fast", "numbers"]["nrmse"] == pytest.approx(0.5)
    assert found["fast", "numbers"]["tables"] == 1
    assert "nrmse" not in found["fast", "functions"]


def test_first_fits_are_those_of_a_tables_first_split(lines):
    from fast import seconds

    few, *_, every = seconds(lines)
    assert (few["rows"], few["tables"], few["first"]) == ("0 to 500", 1, 0.5)
    assert few["later"] == pytest.approx(0.3)  # the mean of both splits
    assert every["first"] == pytest.approx(0.25)  # the root of 1/2 times 1/8


def test_each_way_is_a_configuration():
    from fast import WAYS

    from mlpkit.config import Config

    for given in WAYS.values():
        job = Config.model_validate({"data": {"target": "y"}, **given})
        assert job.recipe in {"default", "fast"}

"""A run that was stopped goes on where it stopped."""

import json

import pytest


def line(table, split, method, **more):
    return {"table": table, "split": split, "method": method, **more}


def test_what_has_a_line_is_not_run_again():
    from contest.runs import missing

    lines = [
        line("iris", 0, "a", error=0.1),
        line("iris", 0, "b", failed="too slow"),
        line("wine", 1, "a", refused="no such task"),
    ]
    left = [
        ("iris", 1, "a"),
        ("iris", 1, "b"),
        ("wine", 0, "a"),
        ("wine", 0, "b"),
        ("wine", 1, "b"),
    ]
    tables, methods = ["iris", "wine"], ["a", "b"]
    assert missing(tables, 2, iter(methods), lines) == left
    again = missing(tables, 2, methods, lines, retry=True)
    assert set(again) == {*left, ("iris", 0, "b")}
    assert missing(tables, 1, ["a"], lines) == [("wine", 0, "a")]


def test_half_a_line_is_no_line_and_the_next_one_is_whole(tmp_path):
    from contest.runs import append, read_lines

    path = tmp_path / "results" / "lines.jsonl"
    first, second = line("iris", 0, "a", error=0.1), line("iris", 1, "a", error=0.2)
    append(path, first)
    with path.open("a") as file:
        file.write(json.dumps(second)[:20])
    assert read_lines(path) == [first]
    append(path, second)
    assert read_lines(path) == [first, second]


def test_the_last_line_of_a_key_counts(tmp_path):
    from contest.runs import append, read_lines

    path = tmp_path / "lines.jsonl"
    append(path, line("iris", 0, "a", failed="killed"))
    append(path, line("iris", 0, "a", error=0.2))
    assert read_lines(path) == [line("iris", 0, "a", error=0.2)]
    assert read_lines(tmp_path / "none.jsonl") == []


class Answering:
    """In place of a method's process."""

    asked: list = []  # noqa: RUF012 - shared on purpose
    started: list = []  # noqa: RUF012

    def __init__(self, name, log, threads):
        self.name = name
        self.started.append(name)

    def ask(self, asked, seconds):
        self.asked.append((asked["table"], asked["split"], self.name))
        if self.name == "dies" and asked["table"] == "iris":
            return {"failed": f"no answer within {seconds} s"}
        figures = {"error": 0.1, "log_loss": None}
        figures |= {"fit_seconds": 1.0, "predict_seconds": 0.1}
        return line(asked["table"], asked["split"], self.name, **figures)

    def close(self):
        pass


def test_a_method_that_dies_is_told_and_started_anew(tmp_path, monkeypatch, capsys):
    from contest import runs

    monkeypatch.setattr(runs, "Worker", Answering)
    monkeypatch.setattr(Answering, "asked", [])
    monkeypatch.setattr(Answering, "started", [])
    path = tmp_path / "lines.jsonl"
    tables, methods = ["iris", "wine"], ["dies", "lives"]
    keys = runs.missing(tables, 1, methods, [])
    runs.run_all(keys, {"folder": "."}, path, 5)
    assert Answering.asked == keys
    assert Answering.started == ["dies", "lives", "dies"]
    found = {runs.key(x): x for x in runs.read_lines(path)}
    assert "no answer within 5 s" in found["iris", 0, "dies"]["failed"]
    assert found["wine", 0, "dies"]["error"] == 0.1
    assert "4/4 wine" in capsys.readouterr().out
    assert runs.missing(tables, 1, methods, runs.read_lines(path)) == []


@pytest.mark.parametrize("kind", ["failed", "refused"])
def test_reasons_are_told(kind):
    from contest.runs import told

    assert told(line("iris", 0, "a", **{kind: "some reason"})).endswith("some reason")

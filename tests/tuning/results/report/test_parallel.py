import re

import pytest

from mlpkit.tuning.results.report.parallel import parallel_coordinates

TOP, LOW, ABSENT = 34.0, 300.0, 330.0


def heights(group):
    line = group.find("path").get("d")
    return [float(y) for y in re.findall(r"[ML]\S+ (\S+?)(?=[ML]|$)", line)]


def groups(root):
    return [e for e in root.iter("g") if e.get("data-trial")]


def test_a_line_per_trial_through_its_values(data, parsed):
    root = parsed(parallel_coordinates(data, most=100))
    found = {int(g.get("data-trial")): g for g in groups(root)}
    assert set(found) == {record.number for record in data.trials}
    for record in data.trials:
        ys = heights(found[record.number])
        assert len(ys) == 5
        depth = LOW - (record.values["depth"] - 1) / 3 * (LOW - TOP)
        assert ys[0] == pytest.approx(depth, abs=0.06)
        assert (ys[3] == ABSENT) == ("dropout" not in record.values)
        assert (ys[4] == ABSENT) == (record.status not in {"completed", "stopped"})


def test_better_is_higher_and_on_top(data, two, parsed):
    order = groups(parsed(parallel_coordinates(data, most=100)))
    assert "best" in order[-1].get("class")
    scored = [heights(g)[4] for g in order[::-1]][: data.scored]
    assert scored == sorted(scored)
    for group in groups(parsed(parallel_coordinates(two, most=100))):
        loss, accuracy = heights(group)[4:]
        assert (loss == ABSENT) == (accuracy == ABSENT)
    best = groups(parsed(parallel_coordinates(two, most=100)))[-1]
    assert max(heights(best)[4:]) < TOP + 30


def test_axes_are_named_and_marked(data, parsed):
    root = parsed(parallel_coordinates(data, most=100))
    texts = [e.text for e in root.iter("text")]
    for text in ("depth", "learning_rate", "activation", "dropout", "val_loss"):
        assert texts.count(text) == 1
    assert {"1", "2", "3", "4", "relu", "gelu", "<b>", "0.001", "none"} <= set(texts)


def test_the_best_are_kept_when_there_are_many(data, parsed):
    drawn = groups(parsed(parallel_coordinates(data, most=3)))
    numbers = {int(g.get("data-trial")) for g in drawn}
    assert numbers == {record.number for record in data.trials[:3]}

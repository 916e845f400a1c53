import dataclasses

from mlpkit.tuning.results.importance import Importance, Share
from mlpkit.tuning.results.report import sections


def test_cards(data):
    text = sections.cards(data)
    assert "best val_loss" in text
    assert f"trial {data.trials[0].number}" in text
    assert "18 completed" in text
    assert "3 failed" in text
    full = 12 * 30
    epochs = 18 * 12 + 3 * 4 + 3 * 12 + 3 * 2
    assert f'<div class="value">{epochs}</div>' in text
    assert f"{1 - epochs / full:.0%} fewer than in full" in text


def test_table_is_sorted_by_values(data, parsed):
    text = sections.trials(data)
    root = parsed(text)
    rows = list(root.find(".//tbody"))
    assert [int(row.get("data-trial")) for row in rows] == [
        record.number for record in data.trials
    ]
    assert rows[0].get("class") == "row best"
    heads = [th.text for th in root.iter("th")]
    assert heads[:3] == ["trial", "status", "val_loss"]
    for row, record in zip(rows, data.trials, strict=True):
        cells = dict(zip(heads, row, strict=True))
        assert cells["status"].text == record.status
        assert (
            float(cells["learning_rate"].get("data-value"))
            == (record.values["learning_rate"])
        )
        absent = "dropout" not in record.values
        assert (cells["dropout"].get("data-value") == "") == absent
        assert (cells["val_loss"].text == "–") == (record.score is None)
        assert cells["activation"].text == record.values["activation"]


def test_importance_says_when_not_to_rely_on_it(data):
    shares = (Share("a", 0.5, 0.5),)
    sure = dataclasses.replace(data, importance=Importance(shares, 0.9, 30))
    text = sections.importance(sure)
    assert "explains 90% of trials" in text
    assert "do not rely" not in text
    unsure = dataclasses.replace(data, importance=Importance(shares, -0.4, 30))
    assert "explains 0% of trials that it has not seen: do not rely" in (
        sections.importance(unsure)
    )


def test_failures_with_folded_tracebacks(data, parsed):
    root = parsed(sections.failures(data))
    found = list(root.iter("details"))
    assert len(found) == 6
    lines = [details.find("summary").text for details in found]
    assert lines[0] == "trial 6, failed: out of <memory>"
    assert found[0].find("pre").text == "Traceback …\n<Error>"
    assert found[0].get("open") is None
    assert found[1].find("pre") is None


def test_what_there_is_nothing_of_has_no_section(data):
    fine = [r for r in data.trials if r.status == "completed"]
    assert sections.failures(dataclasses.replace(data, trials=fine)) == ""
    assert sections.pareto(data) == ""
    none = dataclasses.replace(data, trials=[], scored=0, importance=Importance())
    for part in (
        sections.coordinates,
        sections.importance,
        sections.progress,
        sections.curves,
        sections.trials,
        sections.failures,
    ):
        assert part(none) == ""


def test_it_is_said_when_trials_are_left_out(data):
    many = dataclasses.replace(data, trials=list(data.trials) * 40)
    assert "The best 1000 of 1200 are shown." in sections.trials(many)
    assert sections.trials(many).count("<tr") == 1001
    assert "The best 300 of 1200 are shown." in sections.coordinates(many)


def test_table_flags_the_front_of_several_objectives(two, parsed):
    root = parsed(sections.trials(two))
    heads = [th.text for th in root.iter("th")]
    assert heads[:4] == ["trial", "status", "front", "val_loss"]
    # accuracy is 1 - loss here: the best trial beats all others in both
    flags = [row[2].text or "" for row in root.find(".//tbody")]
    assert flags == ["yes"] + [""] * (len(flags) - 1)

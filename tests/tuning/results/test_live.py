import io

from rich.console import Console

from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, live_table, time_left


def text(table):
    console = Console(file=io.StringIO(), width=160, color_system=None)
    console.print(table)
    return console.file.getvalue()


def test_best_trials_then_running_ones(records, parameters, objective):
    table = live_table(
        records, parameters, [objective], elapsed=54.0, trials=60, rows=3, columns=2
    )
    shown = text(table)
    title = " ".join(str(table.title).split())
    assert "27/60 trials · 3 running · 3 stopped · 3 invalid · 3 failed" in title
    assert "54 s · 1 min 6 s left" in title  # 54 / 27 · (60 - 27)
    best = sorted(
        (r for r in records if r.score is not None), key=lambda record: record.score
    )
    numbers = list(table.columns[0].cells)
    running = [str(r.number) for r in records if r.status == "running"]
    assert numbers == [str(r.number) for r in best[:3]] + running
    assert "learning_rate" in shown
    assert "activation" not in shown
    assert f"{best[0].score:.5g}" in shown


def test_several_objectives_and_markup_in_names():
    record = TrialRecord("a", 1, "completed", {"[b]x": "[red]"}, 0, None, {"l": 1.0})
    two = [Objective("l"), Objective("[m]", "max")]
    shown = text(live_table([record], [], two, elapsed=1.0))
    assert "[b]x" in shown
    assert "[m]" in shown
    record = TrialRecord("a", 1, "running", {"[b]x": "[red]"}, 0)
    assert "[red]" in text(live_table([record], [], two, elapsed=1.0))


def test_nothing_yet(objective):
    assert "0/5 trials · 0.0 s" in text(
        live_table([], [], [objective], elapsed=0.0, trials=5)
    )


def test_time_left():
    ended = [TrialRecord(str(i), i, "completed", {}, 0, 1.0) for i in range(4)]
    running = [TrialRecord("r", 9, "running", {}, 0)]
    known = {"elapsed": 20.0}
    assert time_left(ended + running, **known, trials=10) == 30.0
    assert time_left(ended, **known, trials=10, time_limit=25.0) == 5.0
    assert time_left(ended, **known, trials=3) == 0.0
    assert time_left(ended, **known, time_limit=10.0) == 0.0
    assert time_left(running, **known, trials=10) is None
    assert time_left(running, **known, trials=10, time_limit=50.0) == 30.0


def test_trials_of_the_front_are_told(objective):
    found = [(1.0, 0.5), (2.0, 0.9), (3.0, 0.1)]
    records = [
        TrialRecord(str(i), i, "completed", {}, 0, None, {"val_loss": a, "acc": b})
        for i, (a, b) in enumerate(found)
    ]
    goals = [objective, Objective("acc", "max")]
    table = live_table(records, [], goals, elapsed=1.0)
    column = next(c for c in table.columns if c.header == "front")
    assert list(column.cells) == ["yes", "yes", ""]
    alone = live_table(records, [], [objective], elapsed=1.0)
    assert "front" not in [c.header for c in alone.columns]

from mlpkit.tuning.results.objective import front
from mlpkit.tuning.results.report.front_picture import front_picture


def test_front_stands_out(two, parsed):
    groups = list(parsed(front_picture(two)).iter("g"))
    assert len(groups) == two.scored
    best = {int(g.get("data-trial")) for g in groups if "best" in g.get("class")}
    assert best == {r.number for r in front(two.trials, two.objectives)}
    assert "best" in groups[-1].get("class")

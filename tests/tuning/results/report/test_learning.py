import dataclasses

from mlpkit.tuning.results.report.learning import curve_name, learning_curves


def test_which_curve(data):
    assert curve_name(data) == "val_loss"
    kept = [
        dataclasses.replace(r, curves={"loss": r.curves.get("loss", ())})
        for r in data.trials
    ]
    assert curve_name(dataclasses.replace(data, trials=kept)) == "loss"
    bare = [dataclasses.replace(r, curves={}) for r in data.trials]
    assert curve_name(dataclasses.replace(data, trials=bare)) is None


def test_a_curve_per_trial_that_has_one(data, parsed):
    root = parsed(learning_curves(data, "val_loss", most=100))
    found = {int(g.get("data-trial")): g for g in root.iter("g")}
    assert set(found) == {r.number for r in data.trials if r.curves}
    by_number = {r.number: r for r in data.trials}
    for number, group in found.items():
        record = by_number[number]
        finite = record.epochs - (record.status == "invalid")
        steps = group.find("path").get("d")
        assert steps.count("M") + steps.count("L") == finite
        assert record.status in group.get("class")
    assert "best" in list(root.iter("g"))[-1].get("class")


def test_long_curves_are_thinned_but_keep_their_end(data, parsed):
    long = dataclasses.replace(
        data.trials[0], curves={"val_loss": [1 / (i + 1) for i in range(5000)]}
    )
    given = dataclasses.replace(data, trials=[long])
    (group,) = parsed(learning_curves(given, "val_loss", most=9)).iter("g")
    steps = group.find("path").get("d").split("L")
    assert len(steps) <= 202
    assert steps[-1].startswith("548.0 ")


def test_curves_without_a_number(data, parsed):
    nothing = dataclasses.replace(data.trials[0], curves={"val_loss": [float("nan")]})
    given = dataclasses.replace(data, trials=[nothing])
    assert not list(parsed(learning_curves(given, "val_loss", most=9)).iter("g"))

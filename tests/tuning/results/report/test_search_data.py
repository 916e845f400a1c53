from mlpkit.tuning.results import Objective
from mlpkit.tuning.results.report.search_data import look_through


def test_looks_tell_the_best_and_the_good(data):
    kinds = [str(data.looks(i)["class_"]).split() for i in range(len(data.trials))]
    assert data.scored == 21
    assert kinds[0][-1] == "best"
    assert [k for k in kinds if "best" in k] == kinds[:1]
    assert [i for i, k in enumerate(kinds) if "good" in k] == [1, 2, 3]
    assert all(
        k[:2] == ["trial", r.status] for k, r in zip(kinds, data.trials, strict=True)
    )
    assert data.looks(0)["data_trial"] == data.trials[0].number


def test_told_names_everything(data):
    text = data.told(data.trials[0])
    for part in ("val_loss 0.", "learning_rate 0.0", "activation", "epochs, 1.5 s"):
        assert part in text


def test_a_search_without_trials(parameters):
    found = look_through([], parameters, [Objective("l")], title="t")
    assert (found.trials, found.scored, found.importance.shares) == ([], 0, ())

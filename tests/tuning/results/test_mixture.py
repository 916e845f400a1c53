from mlpkit.tuning.results import Member, Mixture


def test_what_it_brought_in_one_line():
    members = (Member(7, "0006", 0.75, 0.4), Member(2, "0001", 0.25, 0.5))
    mixture = Mixture(members, 0.375, 0.4, 5, "birds_ensemble-1")
    assert mixture.told == (
        "validation loss 0.375, best trial alone 0.4 (75% trial 7, 25% trial 2)"
    )

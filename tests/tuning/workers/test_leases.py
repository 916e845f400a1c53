from mlpkit.tuning.workers.leases import Leases


def test_silence_ends_a_lease_and_a_sign_renews_it():
    now = [0.0]
    leases = Leases(10.0, clock=lambda: now[0])
    leases.touch("one")
    leases.touch("two")
    now[0] = 9.0
    leases.touch("two")
    now[0] = 11.0
    assert leases.lapsed() == ["one"]
    assert leases.alive == {"two"}
    leases.touch("one")
    assert leases.lapsed() == []
    leases.drop("one")
    leases.drop("one")
    assert leases.alive == {"two"}

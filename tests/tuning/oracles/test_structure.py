from mlpkit.tuning.oracles.structure import structure, structure_first


def test_numbers_do_not_count(space):
    values = {"depth": 2, "kind": "a", "rate": 0.01}
    assert structure(space.space, values) == (("depth", 2), ("kind", "a"))
    assert [hp.name for hp in structure_first(space.space)][-1] == "rate"

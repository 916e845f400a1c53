import pytest

from mlpkit.errors import UsageError
from mlpkit.tuning.workers.place import Place, place

ALL = {
    "KERASTUNER_TUNER_ID": "worker3",
    "KERASTUNER_ORACLE_IP": "10.0.0.1",
    "KERASTUNER_ORACLE_PORT": "8000",
}


def test_variables_of_keras_tuner():
    assert place({}) is None
    assert place(ALL) == Place("worker3", "10.0.0.1:8000", 60.0)
    assert not place(ALL).is_chief
    assert place({**ALL, "KERASTUNER_TUNER_ID": "the-chief"}).is_chief
    assert place({**ALL, "MLPKIT_PATIENCE": "2m"}).patience == 120


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"KERASTUNER_ORACLE_PORT": None}, "KERASTUNER_ORACLE_PORT must be set where"),
        ({"KERASTUNER_TUNER_ID": None}, "KERASTUNER_TUNER_ID must be set where"),
        (
            {"KERASTUNER_ORACLE_PORT": "http"},
            "must be the number of a port, got 'http'",
        ),
        ({"MLPKIT_PATIENCE": "soon"}, "MLPKIT_PATIENCE must be"),
    ],
)
def test_what_cannot_be_is_told(change, said):
    given = {k: v for k, v in {**ALL, **change}.items() if v is not None}
    with pytest.raises(UsageError, match=said):
        place(given)

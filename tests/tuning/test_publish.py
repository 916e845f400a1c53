import keras_tuner
import pytest

from mlpkit.tuning import journal
from mlpkit.tuning.oracles import RandomOracle
from mlpkit.tuning.publish import Publisher
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, Parameter


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def published(tmp_path):
    hp = keras_tuner.HyperParameters()
    hp.Int("depth", 1, 3)
    oracle = RandomOracle(objective="val_loss", hyperparameters=hp, max_trials=3)
    clock, times = Clock(), []

    def also(records):
        times.append(clock.now)
        clock.now += 3.0  # what a writing takes

    return Publisher(tmp_path, oracle, also=also, clock=clock), clock, times


def done(number):
    metrics = {"val_loss": 1.0 / number}
    return TrialRecord(
        f"{number}", number, "completed", {"depth": 1}, 1, 1.0 / number, metrics
    )


def test_written_rarely(published, tmp_path):
    publisher, clock, times = published
    journal.write(tmp_path, done(1))
    for now in (0.0, 59.0, 60.0, 61.0, 200.0, 212.0, 214.0):
        clock.now = max(clock.now, now)
        publisher.watch(done(1))
    # after 3 s of writing that ended at 63 s: 3 / 2 % = 150 s of searching
    assert times == [60.0, 214.0]
    assert (tmp_path / "report.html").is_file()
    clock.now = 1e6
    publisher.watch(TrialRecord("2", 2, "running", {}, 1))
    assert len(times) == 2


def test_nothing_is_written_of_nothing(published, tmp_path):
    publisher, _, times = published
    publisher.write()
    assert times == []
    assert not list(tmp_path.iterdir())


def test_space_and_objectives(published):
    assert published[0].told == (
        [Parameter("depth", "int", 1, 3)],
        [Objective("val_loss")],
    )

import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import keras_tuner
import pytest
from keras_tuner.src import protos

from mlpkit.errors import UsageError
from mlpkit.tuning.oracles import SCORE, RandomOracle
from mlpkit.tuning.workers.client import Client
from mlpkit.tuning.workers.leases import Leases
from mlpkit.tuning.workers.place import Place
from mlpkit.tuning.workers.service import Service
from mlpkit.tuning.workers.signs import ChiefGone, LeaseLost


def oracle(folder, trials=3):
    space = keras_tuner.HyperParameters()
    space.Choice("size", [4, 8])
    space.Float("rate", 1e-5, 1e-1, sampling="log")
    found = RandomOracle(
        objective=keras_tuner.Objective("val_loss", "min"),
        max_trials=trials,
        hyperparameters=space,
        seed=1,
    )
    found._set_project_dir(folder, "any")
    found.verbose = 0
    return found


class Chief:
    def __init__(self, folder, **given):
        self.oracle = oracle(folder)
        self.service = Service(self.oracle, Leases(60), search="any", **given)
        self._server = grpc.server(ThreadPoolExecutor(4))
        add = protos.get_service_grpc().add_OracleServicer_to_server
        add(self.service, self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.address = f"127.0.0.1:{port}"
        self._folder = folder
        self._clients = []

    def worker(self, name, search="any", patience=5.0):
        at = Place(name, self.address, patience)
        self._clients.append(Client(oracle(self._folder), at, search))
        return self._clients[-1]

    def close(self):
        for client in self._clients:
            client.close()
        self._server.stop(None).wait()


@pytest.fixture
def chief(tmp_path):
    found = Chief(tmp_path)
    yield found
    found.close()


def finish(client, trial, score):
    client.update_trial(trial.trial_id, {SCORE: score, "val_loss": score}, step=2)
    trial.status = "COMPLETED"
    client.end_trial(trial)


def test_workers_get_the_trials_of_one_process(chief, tmp_path):
    one, two = chief.worker("one"), chief.worker("two")
    alone = oracle(tmp_path / "alone")
    for client, score in ((one, 0.1), (two, 1 / 3), (one, 0.2)):
        trial, wanted = client.create_trial(client.tuner_id), alone.create_trial("a")
        assert trial.hyperparameters.values == wanted.hyperparameters.values
        assert list(trial.hyperparameters.values) == ["size", "rate"]
        alone.ongoing_trials.clear()
        finish(client, trial, score)
    assert one.create_trial("one").status == "STOPPED"
    assert not chief.service.over  # two does not know yet
    assert two.create_trial("two").status == "STOPPED"
    assert chief.service.over
    scores = [t.score for t in chief.oracle.get_best_trials(3)]
    assert scores == [0.1, 0.2, 1 / 3]  # no digit is lost on the way


def test_trial_of_a_dead_worker_is_given_to_the_next(chief):
    one, two = chief.worker("one"), chief.worker("two")
    trial = one.create_trial("one")
    assert chief.service.release("one") == trial.trial_id
    assert two.create_trial("two").trial_id == trial.trial_id
    with pytest.raises(LeaseLost, match="trial 0 is not that of worker one any more"):
        one.update_trial(trial.trial_id, {"val_loss": 1.0})
    with pytest.raises(LeaseLost):
        one.end_trial(trial)
    finish(two, trial, 0.5)
    assert chief.oracle.end_order == ["0"]


def test_silent_worker_keeps_a_trial_that_nobody_has_taken(chief):
    one = chief.worker("one")
    trial = one.create_trial("one")
    chief.service.release("one")
    finish(one, trial, 0.5)
    assert chief.oracle.trials["0"].status == "COMPLETED"
    assert chief.oracle._retry_queue == []
    assert one.create_trial("one").trial_id == "1"


def test_trial_that_kills_its_workers_has_failed(chief):
    for _ in range(3):
        assert chief.worker("one").create_trial("one").trial_id == "0"
        chief.service.release("one")
    assert chief.oracle.trials["0"].status == "FAILED"
    assert chief.oracle.trials["0"].message == "3 workers died of it"
    assert chief.worker("one").create_trial("one").trial_id == "1"


def test_last_workers_wait_for_each_other(chief):
    one, two = chief.worker("one"), chief.worker("two")
    for score in (0.1, 0.2):
        finish(one, one.create_trial("one"), score)
    last = two.create_trial("two")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(one.create_trial, "one")
        time.sleep(0.3)
        assert not waiting.done()  # two may die
        chief.service.release("two")
        assert waiting.result(10).trial_id == last.trial_id


def test_clock_of_the_search_reaches_the_workers(chief):
    chief.oracle.budget.total = 50.0
    chief.oracle.budget.restore(20.0)
    client = chief.worker("one")
    client.create_trial("one")
    assert client._oracle.budget.left == pytest.approx(30.0, abs=1.0)
    chief.oracle.budget.restore(51.0)
    assert chief.worker("two").create_trial("two").status == "STOPPED"


def test_fatal_error_ends_the_search(chief):
    one, two = chief.worker("one"), chief.worker("two")
    one.end_trial(one.create_trial("one"), fatal="DataError: no rows")
    assert chief.oracle.given_up == "one: DataError: no rows"
    assert two.create_trial("two").status == "STOPPED"
    assert chief.oracle._retry_queue == ["0"]  # it is trained when all is well again


def test_worker_of_another_search_is_refused(chief):
    client = chief.worker("one", search="other")
    with pytest.raises(UsageError, match="it leads the search any, not other"):
        client.create_trial("one")
    assert not chief.oracle.trials


def test_error_of_the_chief_is_kept_and_told(chief):
    chief.oracle.populate_space = lambda _: 1 / 0
    client = chief.worker("one")
    with pytest.raises(ChiefGone, match="it has ended with ZeroDivisionError"):
        client.create_trial("one")
    assert isinstance(chief.service.error, ZeroDivisionError)


def test_trials_of_an_earlier_chief_wait_for_their_workers(chief, tmp_path):
    trial = chief.worker("one").create_trial("one")
    later = oracle(tmp_path)
    later.reload()
    service = Service(later, Leases(60), search="any", grace=0.5)
    assert service._next("two").status == "IDLE"
    time.sleep(0.6)
    assert service._next("two").trial_id == trial.trial_id


def test_search_that_is_done_needs_no_worker(tmp_path):
    done = oracle(tmp_path, trials=1)
    service = Service(done, Leases(60), search="any")
    assert not service.is_done()
    trial = done.create_trial("one")
    assert trial.trial_id == "0"  # asking has taken nothing
    done.update_trial("0", {SCORE: 1.0, "val_loss": 1.0})
    trial.status = "COMPLETED"
    done.end_trial(trial)
    assert service.is_done()
    assert service.over


def test_stopper_of_the_chief_ends_trials_of_workers(chief):
    class Third:
        def looks_at(self, step):
            return step == 2

        def stops(self, step, own, others):
            return max(own.values(), default=0) > 0.5

    chief.oracle.stopper = Third()
    client = chief.worker("one")
    name = client.create_trial("one").trial_id
    told = [client.update_trial(name, {"val_loss": 0.9}, step=i) for i in range(3)]
    assert [t.status for t in told] == ["RUNNING", "RUNNING", "STOPPED"]
    assert not told[-1].metrics.metrics  # the answer does not grow


def test_heartbeat_is_answered_while_the_chief_writes(chief):
    client = chief.worker("one", patience=1.0)
    known = {hp.name for hp in chief.oracle.get_space().space}
    with chief.service._lock:
        assert {hp.name for hp in client.get_space().space} == known
    space = chief.oracle.get_space()
    space.Int("depth", 1, 3)
    client.update_space(space)
    assert {hp.name for hp in client.get_space().space} == {*known, "depth"}

import keras_tuner
from keras_tuner.engine.trial import Trial

from mlpkit.tuning.outcome import Outcome
from mlpkit.tuning.recording import begun, ended, failed, line_of


def record():
    hp = keras_tuner.HyperParameters()
    hp.values = {"rate": 0.12345, "tuner/epochs": 3}
    trial = Trial(hp, trial_id="04")
    return trial, begun(trial, seed=7, started=1.5, worker="tuner0")


def test_a_trials_course():
    trial, first = record()
    assert (first.number, first.status, first.values) == (
        5,
        "running",
        {"rate": 0.12345},
    )
    curves = {"val_loss": [2.0, 1.0]}
    done = ended(first, trial, Outcome(1.0, {"val_loss": 1.0}, 1, curves))
    assert (done.status, done.score, done.epochs, done.message) == (
        "completed",
        1,
        2,
        "",
    )
    stopped = ended(first, trial, Outcome(1.0, stopped="it was behind"))
    assert (stopped.status, stopped.message) == ("stopped", "it was behind")
    assert ended(first, trial, Outcome(None)).status == "invalid"
    line = line_of(done, 9, ["val_loss"])
    assert line == "trial 5/9: val_loss 1  rate 0.1235  2 epochs, 0.00 s"


def test_failure_keeps_its_traceback():
    _, first = record()
    try:
        raise RuntimeError("no\nmore")
    except RuntimeError as error:
        found = failed(first, error)
    assert (found.status, found.message) == ("failed", "RuntimeError: no")
    assert "test_failure_keeps" in found.traceback


def test_line_tells_each_of_several_objectives():
    trial, first = record()
    metrics = {"val_loss": 0.5, "val_accuracy": 0.75}
    done = ended(first, trial, Outcome(-0.25, metrics, 0))
    line = line_of(done, None, ["val_loss", "val_accuracy"])
    assert line.startswith("trial 5: val_loss 0.5  val_accuracy 0.75  rate 0.1235")

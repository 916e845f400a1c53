"""What a worker does: trial after trial, as its chief gives them."""

from typing import Any

from mlpkit.errors import WorkerError
from mlpkit.tuning.failures import one_line
from mlpkit.tuning.workers.client import Client
from mlpkit.tuning.workers.signs import ChiefGone, LeaseLost


def work(tuner: Any, *args: Any, **kwargs: Any) -> None:
    """Train what the chief gives, until there is nothing left.

    Args:
        tuner: Its oracle is a `Client`.
        *args: As given to `search`.
        **kwargs: As given to `search`.

    Raises:
        WorkerError: The chief is gone.
    """
    client: Client = tuner.oracle
    try:
        tuner.on_search_begin()
        with client.beating():
            while _one(tuner, client, args, kwargs):
                pass
        tuner.on_search_end()
    except ChiefGone as gone:
        raise WorkerError(str(gone)) from None
    except KeyboardInterrupt:
        if client.lost is None:
            raise
        raise WorkerError(str(client.lost)) from None
    finally:
        client.close()


def _one(tuner: Any, client: Client, args: Any, kwargs: Any) -> bool:
    tuner.pre_create_trial()
    trial = client.create_trial(tuner.tuner_id)
    if trial.status == "STOPPED":
        return False
    tuner.on_trial_begin(trial)
    try:
        tuner._try_run_and_update_trial(trial, *args, **kwargs)
        tuner.on_trial_end(trial)
    except LeaseLost as lost:
        tuner._report(f"{lost}: it was given to another one")
    except Exception as error:
        client.end_trial(trial, fatal=one_line(error))
        raise
    return True

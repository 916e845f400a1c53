"""Which errors end a search, and which only a trial."""

import traceback
from pathlib import Path

import keras_tuner

from mlpkit.errors import DataError, MlpkitError, UsageError

_OURS = Path(__file__).resolve().parents[1]
_BUGS = (AssertionError, AttributeError, LookupError, NameError, TypeError)


def ends_the_search(error: Exception, *, finished: int) -> bool:
    """Tell whether the next trial would meet the error, too.

    Wrong use and wrong data end it while no trial has come to its end: later they are
    of these values alone. What the machine lacks, and a mistake of this package, ends
    it at any time.

    Args:
        error: As caught.
        finished: Trials that have a score.
    """
    if isinstance(error, keras_tuner.errors.FailedTrialError):
        return False
    if isinstance(error, keras_tuner.errors.FatalError):
        return True
    if isinstance(error, UsageError | DataError):
        return finished == 0
    if isinstance(error, MlpkitError):
        return True
    return isinstance(error, _BUGS) and _raised_here(error)


def _raised_here(error: Exception) -> bool:
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and _OURS in Path(frames[-1].filename).resolve().parents


def one_line(error: Exception) -> str:
    """Return what happened, in one line."""
    text = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

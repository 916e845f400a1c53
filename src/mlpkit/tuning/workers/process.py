"""The program of a worker that a chief has started: a job comes in; it trains."""

import os
import pickle
import sys
import threading
from pathlib import Path


def main() -> int:
    """Read the job, train; return the exit code."""
    job = pickle.load(sys.stdin.buffer)  # of the process that started us
    threading.Thread(target=_end_with_chief, daemon=True).start()
    from mlpkit.config import load_config
    from mlpkit.errors import MlpkitError
    from mlpkit.tuning.setup import prepare_search, tuner_of

    def tell(line: str) -> None:
        print(line, flush=True)  # noqa: T201 - its log

    try:
        prepared = prepare_search(load_config(job["config"]), job["data"])
        tuner_of(prepared, Path(job["folder"]), job["name"], tell).search()
    except MlpkitError as error:
        tell(f"Error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        tell("interrupted")
        return 130
    return 0


def _end_with_chief() -> None:
    """End when the pipe does: the chief holds its other end, and has died.

    Whatever this process is doing: all files are written so that it can be killed.
    """
    while os.read(0, 1):  # not by sys.stdin: its lock would be held at the exit
        pass
    text = "Error: the chief is gone; started again, the same search goes on\n"
    os.write(1, text.encode())
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())

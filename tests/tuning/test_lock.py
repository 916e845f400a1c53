import subprocess
import sys

import pytest

from mlpkit.errors import OutputError, UsageError
from mlpkit.tuning.lock import locked

HOLD = """
import sys, time
from mlpkit.tuning.lock import locked
from pathlib import Path
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
def test_lock_of_a_dead_process_is_taken(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    with (
        pytest.raises(UsageError, match=rf"process {process.pid} on "),
        locked(tmp_path),
    ):
        pass
    process.kill()
    process.wait()
    process.stdout.close()
    with locked(tmp_path):
        pass


def test_one_at_a_time(tmp_path):
    with (
        locked(tmp_path),
        pytest.raises(UsageError, match="another search is running"),
        locked(tmp_path),
    ):
        pass
    with locked(tmp_path):
        pass


def test_folder_must_be_writable(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(OutputError, match="must be writable"),
        locked(tmp_path / "file"),
    ):
        pass

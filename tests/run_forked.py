"""Run by conftest.py's `forked`: becomes a command whose streams are files."""

import os
import runpy
import sys
from pathlib import Path


def become(command, folder, environment):
    for stream, name in ((1, "out"), (2, "err")):
        with Path(folder, name).open("wb") as file:
            os.dup2(file.fileno(), stream)
    os.environ.update(environment)
    sys.argv = command
    run = runpy.run_path if command[0].endswith(".py") else runpy.run_module
    run(command[0], run_name="__main__")


if __name__ == "__main__":
    become(*globals()["GIVEN"])  # by conftest.py

"""What `make demo` does, in a folder of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_from_csv_to_answers_of_a_fresh_process(root, tmp_path):
    program = Path(sys.executable).with_name("mlpkit")
    config = root / "configs/penguins.toml"
    short = ["--set", "training.epochs=10"]
    trained = subprocess.run(
        [program, "train", config, "--export", *short],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr
    assert "same answers in a fresh TensorFlow process" in trained.stdout
    assert trained.stderr == ""
    called = subprocess.run(
        [sys.executable, root / "configs/data/call_penguins.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert called.returncode == 0, called.stderr
    assert called.stdout.splitlines()[1].split()[0] == "Adelie"
    assert called.stdout.splitlines()[2].split()[0] == "Gentoo"

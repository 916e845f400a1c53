"""The rules of the house that can be checked by a machine."""

import subprocess
import sys
import tomllib
from typing import get_args

import pytest

import mlpkit
from mlpkit.config import TaskName, names

TOOLS = {
    "ruff check": ["ruff", "check", "src", "tests", "benchmarks"],
    "ruff format": ["ruff", "format", "--check", "src", "tests", "benchmarks"],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports"],
}


@pytest.mark.slow
@pytest.mark.parametrize("tool", TOOLS)
def test_tool_finds_nothing(tool, root):
    name, *arguments = TOOLS[tool]
    program = {"ruff": "ruff", "mypy": "mypy", "lint-imports": "lint-imports"}[name]
    from pathlib import Path

    path = Path(sys.executable).with_name(program)
    done = subprocess.run(
        [path, *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_names_in_configurations_are_the_tables():
    from mlpkit.components.activations import ACTIVATIONS
    from mlpkit.components.initializers import INITIALIZERS
    from mlpkit.components.optimizers import OPTIMIZERS
    from mlpkit.components.schedules import SCHEDULES
    from mlpkit.factory import TASKS

    assert set(get_args(names.ActivationName)) == set(ACTIVATIONS)
    assert set(get_args(names.InitializerName)) == set(INITIALIZERS)
    assert set(get_args(names.OptimizerName)) == set(OPTIMIZERS)
    assert set(get_args(names.ScheduleName)) == set(SCHEDULES)
    assert set(get_args(TaskName)) == set(TASKS)


def test_public_names_can_all_be_had():
    assert mlpkit.__all__ == sorted(mlpkit.__all__)
    for name in mlpkit.__all__:
        assert getattr(mlpkit, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        _ = mlpkit.nonsense


@pytest.mark.parametrize("module", ["mlpkit", "mlpkit.cli.main", "mlpkit.config"])
def test_import_is_light(module):
    code = (
        f"import sys, {module}; heavy = {{'tensorflow', 'keras', 'sklearn', 'pandas'}};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_files_stay_short(root):
    lengths = {p: len(p.read_text().splitlines()) for p in root.glob("src/**/*.py")}
    assert lengths
    assert {str(p): n for p, n in lengths.items() if n > 300} == {}


def test_no_file_has_a_name_that_says_nothing(root):
    vague = {"utils", "util", "helpers", "common", "misc"}
    assert [p for p in root.glob("src/**/*.py") if p.stem in vague] == []


def test_pins_name_no_registry(root):
    pins = (root / "constraints.txt").read_text()
    assert "://" not in pins
    needed = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    for requirement in needed["dependencies"]:
        name = requirement.split(">")[0].split("[")[0].replace("-", "_").lower()
        assert f"{name}==" in pins.replace("-", "_").lower()

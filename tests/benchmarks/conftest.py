"""The benchmarks are scripts: their folder is no package of the project's."""

import sys

import pytest


@pytest.fixture(autouse=True)
def benchmarks(root, monkeypatch):
    monkeypatch.syspath_prepend(root / "benchmarks")
    yield
    own = {"contest", "fast", "few_rows", "recipes", "machine"}
    for name in [m for m in sys.modules if m.split(".")[0] in own]:
        monkeypatch.delitem(sys.modules, name)

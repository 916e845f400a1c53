import re
import shutil
import subprocess

import pytest

from mlpkit.evaluation.report.css import CSS as PAGE
from mlpkit.tuning.results.report.style import CSS, SCRIPT


def test_colours_are_the_pages():
    used = set(re.findall(r"var\(--([a-z0-9]+)\)", CSS)) - {"own"}
    assert used <= set(re.findall(r"--([a-z0-9]+):", PAGE))
    assert CSS.count("{") == CSS.count("}")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs a JavaScript engine")
def test_script_can_be_read(tmp_path):
    path = tmp_path / "script.js"
    path.write_text(SCRIPT)
    done = subprocess.run(
        ["node", "--check", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

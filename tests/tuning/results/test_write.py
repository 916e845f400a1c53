import math
import random
import re

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from mlpkit.errors import OutputError, UsageError
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results import Objective, Parameter, write_results


def names_of(folder):
    return {str(path.relative_to(folder)) for path in folder.iterdir()}


FILES = {"results.parquet", "trials.csv", "report.html", "tensorboard"}


def test_everything_is_there_and_can_be_written_again(
    records, parameters, objective, tmp_path
):
    folder = tmp_path / "search"
    write_results(folder, records[:10], parameters, [objective], title="first")
    assert names_of(folder) == FILES
    write_results(folder, records, parameters, [objective], title="second")
    assert names_of(folder) == FILES
    assert pq.read_table(folder / "results.parquet").num_rows == len(records)
    assert len(pd.read_csv(folder / "trials.csv")) == len(records)
    assert "<h1>second</h1>" in (folder / "report.html").read_text(encoding="utf-8")
    ended = {r.trial for r in records if r.status != "running"}
    assert {p.name for p in (folder / "tensorboard").iterdir() if p.is_dir()} == ended


@pytest.mark.parametrize("keep", ["none", "running", "failed"])
def test_no_trial_finished(keep, records, parameters, objective, tmp_path):
    records = [r for r in records if r.status == keep]
    write_results(tmp_path, records, parameters, [objective], title="t")
    assert names_of(tmp_path) == FILES
    assert pq.read_table(tmp_path / "results.parquet").num_rows == len(records)


ODD = [1e300, -1e300, 5e-324, math.nan, math.inf, 0.0, np.float32(0.1), None, True]
ODD += ["<x>", "", [1, 2], {"a": 1}, 2**70, np.int64(7)]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_trials_hold(seed, tmp_path):
    generator = random.Random(seed)
    numbers = [v for v in ODD if isinstance(v, float | np.floating)]
    names = ["rate", "epochs", "loss", "<b>", "tuner/epochs"]
    records = [
        TrialRecord(
            f"../{i}",
            i,
            generator.choice(
                ["completed", "completed", "stopped", "invalid", "running"]
            ),
            {n: generator.choice(ODD) for n in names if generator.random() < 0.8},
            generator.choice([0, 2**64]),
            generator.choice([None, *numbers]),
            {n: generator.choice(numbers) for n in ("loss", "acc")},
            generator.choice([None, 0]),
            {"loss": generator.choices(numbers, k=generator.choice([0, 1, 9]))},
        )
        for i in range(10)
    ]
    space = [Parameter("rate", "log", 1e-4, 1e-2), Parameter("never", "choice")]
    goals = [Objective("loss"), Objective("acc", "max")][: 1 + seed % 2]
    write_results(tmp_path / "search", records, space, goals, title="t")
    assert names_of(tmp_path) == {"search"}
    text = (tmp_path / "search" / "report.html").read_text(encoding="utf-8")
    for lines in re.findall(r' d="([^"]*)"', text):
        assert re.fullmatch(r"([ML]-?[\d.]+ -?[\d.]+)*", lines)


def test_several_objectives(records, parameters, tmp_path):
    two = [Objective("val_loss"), Objective("val_accuracy", "max")]
    write_results(tmp_path, records, parameters, two, title="t")
    assert "Pareto front" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_bad_use(records, parameters, objective, tmp_path):
    with pytest.raises(UsageError, match="must have an objective"):
        write_results(tmp_path, records, parameters, [], title="t")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"results\.parquet: must be writable"):
        write_results(tmp_path / "file", records, parameters, [objective], title="t")

import pandas as pd
import pyarrow.parquet as pq
import pytest

from mlpkit.errors import OutputError, UsageError
from mlpkit.tuning.results import Objective, write_results


def names(folder):
    return {str(path.relative_to(folder)) for path in folder.iterdir()}


FILES = {"results.parquet", "trials.csv", "report.html", "tensorboard"}


def test_everything_is_there_and_can_be_written_again(
    records, parameters, objective, tmp_path
):
    folder = tmp_path / "search"
    write_results(folder, records[:10], parameters, [objective], title="first")
    assert names(folder) == FILES
    write_results(folder, records, parameters, [objective], title="second")
    assert names(folder) == FILES
    assert pq.read_table(folder / "results.parquet").num_rows == len(records)
    assert len(pd.read_csv(folder / "trials.csv")) == len(records)
    assert "<h1>second</h1>" in (folder / "report.html").read_text(encoding="utf-8")
    ended = {r.trial for r in records if r.status != "running"}
    assert {p.name for p in (folder / "tensorboard").iterdir() if p.is_dir()} == ended


@pytest.mark.parametrize("keep", ["none", "running", "failed"])
def test_no_trial_finished(keep, records, parameters, objective, tmp_path):
    records = [r for r in records if r.status == keep]
    write_results(tmp_path, records, parameters, [objective], title="t")
    assert names(tmp_path) == FILES
    assert pq.read_table(tmp_path / "results.parquet").num_rows == len(records)


def test_several_objectives(records, parameters, tmp_path):
    two = [Objective("val_loss"), Objective("val_accuracy", "max")]
    write_results(tmp_path, records, parameters, two, title="t")
    assert "Pareto front" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_bad_use(records, parameters, objective, tmp_path):
    with pytest.raises(UsageError, match="must have an objective"):
        write_results(tmp_path, records, parameters, [], title="t")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"results\.parquet: the file must be"):
        write_results(tmp_path / "file", records, parameters, [objective], title="t")

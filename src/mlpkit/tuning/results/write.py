"""Everything that is left of a search for people, in its folder."""

from collections.abc import Sequence
from pathlib import Path

from mlpkit.tuning.aside import aside
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.hparams import write_hparams
from mlpkit.tuning.results.mixture import Mixture
from mlpkit.tuning.results.objective import Objective
from mlpkit.tuning.results.parameter import Parameter
from mlpkit.tuning.results.report import render_report
from mlpkit.tuning.results.tables import trial_table, write_tables


def write_results(
    folder: str | Path,
    records: Sequence[TrialRecord],
    parameters: Sequence[Parameter],
    objectives: Sequence[Objective],
    *,
    title: str,
    began: float = 0.0,
    mixture: Mixture | None = None,
) -> None:
    """Write ``results.parquet``, ``trials.csv``, ``report.html``, ``tensorboard/``.

    Each file is written aside and renamed. It may be called at any time, again with
    more trials, and with none that ended.

    Args:
        folder: It is made.
        records: All trials of the search, of any status.
        parameters: Of its space; what else the trials tried is added to them.
        objectives: One or more.
        title: Of the report.
        began: When the search did, in seconds since 1970; for TensorBoard's clock.
        mixture: Ensemble of the best trials, if one was made.

    Raises:
        UsageError: No objective.
        OutputError: A file cannot be written.
    """
    folder = Path(folder)
    write_tables(folder, trial_table(records, parameters, objectives))
    text = render_report(records, parameters, objectives, title=title, mixture=mixture)
    with aside(folder / "report.html") as path:
        path.write_text(text, encoding="utf-8")
    write_hparams(folder / "tensorboard", records, parameters, objectives, began=began)

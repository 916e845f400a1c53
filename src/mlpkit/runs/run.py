"""A run folder: what a finished training leaves, and what can be asked of it.

config.toml  schema.json  statistics.json  history.json  metrics.json
model.keras  examples.parquet (held-back rows by which exports are checked)
out_of_fold.parquet (where folds are trained)
report.html (figures and tables, to be read without a network)
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import pyarrow as pa
import pyarrow.parquet

from mlpkit.config import Config, load_config, to_toml
from mlpkit.data import Column, Target, read_table
from mlpkit.errors import DataError, UsageError
from mlpkit.evaluation.report import ReportData, all_pictures, write_report
from mlpkit.factory.restore import restore_model
from mlpkit.preprocessing import Encoder, Statistics, TargetScaling
from mlpkit.runs.answers import Answers
from mlpkit.runs.at_home import at_home
from mlpkit.runs.decision import Decision
from mlpkit.runs.folder import written_aside
from mlpkit.runs.learned import Learned
from mlpkit.runs.members import HeldOut
from mlpkit.runs.out_of_fold import out_of_fold
from mlpkit.runs.prepare import prepare
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.reported import report_data
from mlpkit.runs.same_table import check_same_table, example_rows

_OUT_OF_FOLD = "out_of_fold.parquet"


@dataclass(frozen=True)
class Run:
    """A finished training.

    Attributes:
        path: The run folder.
        name: Without the id.
        metrics: By network and baseline, then by part, then by metric.
    """

    path: Path
    name: str
    metrics: dict[str, Any]

    @classmethod
    def open(cls, path: str | Path) -> "Run":
        """Open a run folder.

        Raises:
            UsageError: There is no run in that folder.
        """
        path = Path(path)
        if not (path / "metrics.json").is_file():
            known = sorted(p.parent.name for p in path.parent.glob("*/metrics.json"))
            hint = f"; runs beside it: {', '.join(known[:10])}" if known else ""
            if (path / "saved_model.pb").is_file():
                hint = "; mlpkit.Predictor answers with an exported model"
            raise UsageError(
                f"{path}: must be a run folder, it holds no metrics.json{hint}"
            )
        return cls(path, path.name.rpartition("-")[0], _read_json(path, "metrics"))

    @cached_property
    def config(self) -> Config:
        """The job, every default written out."""
        return load_config(self.path / "config.toml")

    @cached_property
    def history(self) -> dict[str, list[float]]:
        """Losses and metrics by epoch."""
        return _read_json(self.path, "history")

    @cached_property
    def target(self) -> Target:
        """Target columns, task and classes."""
        values = _read_json(self.path, "schema")["target"]
        return Target(
            tuple(values["columns"]),
            values["task"],
            tuple(values["classes"]),
            values["note"],
        )

    @cached_property
    def model(self) -> keras.Model:
        """The network, between the encoded matrix and its output."""
        return restore_model(self.path / "model.keras")

    @cached_property
    def answers(self) -> Answers:
        """The function from raw columns to named answers."""
        text = (self.path / "statistics.json").read_text(encoding="utf-8")
        schema = _read_json(self.path, "schema")
        scaling = schema["scaling"]
        return Answers(
            Encoder(Statistics.from_json(text)),
            self.model,
            self.target,
            None if scaling is None else TargetScaling(*map(tuple, scaling.values())),
            Decision.from_json(schema["decision"]),
        )

    @property
    def examples(self) -> pa.Table:
        """Some held-back rows, raw feature columns only."""
        return pa.parquet.read_table(self.path / "examples.parquet")

    def predict(self, data: Any) -> pa.Table:
        """Return the answers for the rows of any table as a table.

        Its columns are `prediction` and, for classes, `score_<class>`; with several
        targets or labels `prediction_<name>` and `score_<name>` each; for quantiles
        `<target>_q<quantile>`.

        Raises:
            DataError: The rows lack a column, or hold another type.
        """
        answers = self.answers
        return answers.as_table(answers(self._read(data)))

    @cached_property
    def out_of_fold(self) -> pa.Table | None:
        """Answers of the members to the rows they held out; None without folds.

        Columns: `row` (of the rows with a target), `fold`, target, those of `predict`.
        """
        path = self.path / _OUT_OF_FOLD
        return pa.parquet.read_table(path) if path.is_file() else None

    def evaluate(
        self, data: Any, *, report: Callable[[str], None] = lambda _: None
    ) -> dict[str, float]:
        """Return the metrics on labelled rows; rows without a target do not count.

        Args:
            data: Any table with the features and the target.
            report: Called with the number of rows.

        Raises:
            DataError: No row has a target, or a column does not fit.
        """
        table = self._read(data)
        known = self.target.present(table)
        if not known.any():
            msg = f"the target {', '.join(self.target.columns)} is missing in every row"
            raise DataError(msg)
        lost = int((~known).sum())
        left_out = f" ({lost} without a target left out)" if lost else ""
        report(f"{int(known.sum())} rows{left_out}")
        table = table.filter(pa.array(known))
        return self.answers.decision.evaluate(
            self.target, self.target.encode(table), self.answers.scores(table)
        )

    def report(self, data: Any = None) -> Path:
        """Write ``report.html`` into the run folder again, and return its path.

        Args:
            data: The table of the run, where that was not a file.

        Raises:
            UsageError: The table is not known, or cannot be read.
            DataError: It is not the run's.
        """
        return write_report(self._told(data), self.path / "report.html")

    def figures(self, data: Any = None) -> dict[str, Any]:
        """Return the report's figures by caption, each a matplotlib ``Figure``.

        Args:
            data: As `report` takes it.

        Raises:
            UsageError: matplotlib is not installed; see also `report`.
            DataError: See `report`.
        """
        return dict(all_pictures(self._told(data)))

    def _told(self, data: Any) -> ReportData:
        answers, columns = self.answers, _read_json(self.path, "schema")["columns"]
        learned = Learned(
            self.target,
            [Column(**values) for values in columns],
            answers.encoder,
            answers.scaling,
        )
        prepared = prepare(self.config, data, learned)
        given = (prepared, answers, self.metrics)
        check_same_table(*given, self.examples, str(self.path))
        return report_data(*given, self.history, title=self.name)

    def _read(self, data: Any) -> pa.Table:
        config = self.config.data
        return read_table(
            data, missing_values=config.missing_values, types=config.types
        )


def save_run(
    path: Path,
    name: str,
    prepared: Prepared,
    answers: Answers,
    history: dict[str, list[float]],
    metrics: dict[str, Any],
    held_out: HeldOut | None = None,
) -> Run:
    """Write the run folder, whole or not at all, and open it."""
    statistics = prepared.encoder.statistics
    schema = {
        "target": asdict(prepared.target),
        "scaling": None if prepared.scaling is None else asdict(prepared.scaling),
        "decision": asdict(answers.decision),
        "columns": [asdict(c) for c in prepared.columns],
    }
    values = at_home(prepared.config).model_dump()
    saved = Config.model_validate({**values, "name": name})
    with written_aside(path) as folder:
        texts = {
            "config.toml": to_toml(saved, defaults=True),
            "schema.json": json.dumps(schema, indent=2, ensure_ascii=False),
            "statistics.json": statistics.to_json(),
            "history.json": json.dumps(history, default=float),
            "metrics.json": json.dumps(metrics, indent=2),
        }
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
        answers.model.save(folder / "model.keras")
        held = prepared.table.take(example_rows(prepared.split))
        examples = held.select(list(statistics.names))
        pa.parquet.write_table(examples, folder / "examples.parquet")
        if held_out is not None:
            found = out_of_fold(prepared, answers, held_out)
            pa.parquet.write_table(found, folder / _OUT_OF_FOLD)
    return Run.open(path)


def _read_json(path: Path, name: str) -> Any:
    return json.loads((path / f"{name}.json").read_text(encoding="utf-8"))

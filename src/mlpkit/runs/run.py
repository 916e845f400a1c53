"""A run folder: what a finished training leaves, and what can be asked of it.

config.toml  schema.json  statistics.json  history.json  metrics.json
model.keras  examples.parquet (held-back rows by which exports are checked)
out_of_fold.parquet (where folds are trained)
report.html (figures and tables, to be read without a network)
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import pyarrow as pa
import pyarrow.parquet

from mlpkit.config import Config, load_config
from mlpkit.data import Column, Target
from mlpkit.errors import UsageError
from mlpkit.evaluation.report import ReportData, all_pictures, write_report
from mlpkit.factory.restore import restore_model
from mlpkit.preprocessing import Encoder, Statistics, TargetScaling
from mlpkit.runs.answers import Answers
from mlpkit.runs.decision import Decision
from mlpkit.runs.incoming import Incoming, scored
from mlpkit.runs.learned import Learned
from mlpkit.runs.prepare import prepare
from mlpkit.runs.reported import report_data
from mlpkit.runs.same_table import check_same_table
from mlpkit.runs.weights import sample_weights

OUT_OF_FOLD = "out_of_fold.parquet"


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

        Args:
            data: File, DataFrame, Arrow table, dict or list of rows; or a folder or
                list of files. Files may be larger than memory, the answers may not:
                `predict_blocks` gives these one block after the other.

        Raises:
            DataError: The rows lack a column, or hold another type.
        """
        return pa.concat_tables(self.predict_blocks(data))

    def predict_blocks(self, data: Any) -> Iterator[pa.Table]:
        """Yield the answers of `predict`, at most 65,536 rows at a time.

        Args:
            data: As `predict` takes it.

        Raises:
            DataError: See `predict`.
        """
        answers = self.answers
        for first, rows in self._incoming(data, answers.encoder.statistics.names):
            yield answers.as_table(answers(rows, first))

    @cached_property
    def out_of_fold(self) -> pa.Table | None:
        """Answers of the members to the rows they held out; None without folds.

        Columns: `row` (of the rows with a target), `fold`, target, those of `predict`.
        """
        path = self.path / OUT_OF_FOLD
        return pa.parquet.read_table(path) if path.is_file() else None

    def evaluate(
        self, data: Any, *, report: Callable[[str], None] = lambda _: None
    ) -> dict[str, float]:
        """Return the metrics on labelled rows; rows without a target do not count.

        Rows are weighted where the job names a column of weights, and the table has it.

        Args:
            data: Any table with the features and the target.
            report: Called with the number of rows, and whether they are weighted.

        Raises:
            DataError: No row has a target, or a column does not fit.
        """
        name = self.config.data.sample_weight
        names, beside = self.answers.encoder.statistics.names, [name] if name else []
        rows = self._incoming(data, [*names, *self.target.columns], beside)
        kept, scores, count = scored(self.answers, rows, beside)
        lost = count - kept.num_rows
        left_out = f" ({lost} without a target left out)" if lost else ""
        report(f"{kept.num_rows} rows{left_out}")
        weight = None
        if name is not None:
            weighted = name in kept.column_names
            report(f"{'' if weighted else 'not '}weighted by column '{name}'")
            weight = sample_weights(kept, name) if weighted else None
        y = self.target.encode(kept)
        return self.answers.decision.evaluate(self.target, y, scores, weight)

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

    def _incoming(
        self, data: Any, needed: Sequence[str], optional: Sequence[str] = ()
    ) -> Incoming:
        schema = pa.parquet.read_schema(self.path / "examples.parquet")
        texts = self.answers.encoder.statistics.text_categories
        learned = {name: schema.field(name).type for name in texts}
        are_texts = {type(label) for label in self.target.classes} == {str}
        if are_texts and self.target.task != "multilabel":  # whose classes are columns
            learned[self.target.columns[0]] = pa.string()
        return Incoming(data, self.config.data, learned, needed, optional)


def _read_json(path: Path, name: str) -> Any:
    return json.loads((path / f"{name}.json").read_text(encoding="utf-8"))

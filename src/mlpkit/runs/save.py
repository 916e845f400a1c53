"""A finished training, written into its run folder."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet

from mlpkit.config import Config, to_toml
from mlpkit.runs.answers import Answers
from mlpkit.runs.at_home import at_home
from mlpkit.runs.folder import written_aside
from mlpkit.runs.members import HeldOut
from mlpkit.runs.out_of_fold import out_of_fold
from mlpkit.runs.prepared import Prepared
from mlpkit.runs.run import OUT_OF_FOLD, Run
from mlpkit.runs.same_table import example_rows


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
        pyarrow.parquet.write_table(examples, folder / "examples.parquet")
        if held_out is not None:
            found = out_of_fold(prepared, answers, held_out)
            pyarrow.parquet.write_table(found, folder / OUT_OF_FOLD)
    return Run.open(path)

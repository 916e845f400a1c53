"""A fitted network → what an export is made of; no row of the data is in it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from mlpkit.config import to_toml
from mlpkit.estimators.network import Network
from mlpkit.exporting import Servable
from mlpkit.preprocessing import (
    BooleanStatistics,
    DatetimeStatistics,
    NumericStatistics,
    Statistics,
)

_EXAMPLES = 64
_UNKNOWN = 9_007_199_254_740_993  # no category is likely to be this number


def servable(network: Network, name: str) -> Servable:
    """Return what `mlpkit.export` needs, from a network without a run folder.

    Args:
        network: Of a fitted estimator.
        name: Of the model.
    """
    answers = network.served
    statistics = network.statistics
    scaling = network.scaling
    schema = {
        "target": asdict(network.target),
        "scaling": None if scaling is None else asdict(scaling),
        "decision": asdict(network.decision),
        "columns": [{"name": c.name, "kind": c.kind} for c in statistics.columns],
    }

    def write(folder: Path) -> None:
        texts = {
            "config.toml": to_toml(network.config, defaults=True),
            "schema.json": json.dumps(schema, indent=2, ensure_ascii=False),
            "statistics.json": statistics.to_json(),
            "metrics.json": "{}",
        }
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
        answers.model.save(folder / "model.keras")

    return Servable(
        name, network.config, answers, lambda: made_up_rows(statistics), write
    )


def made_up_rows(statistics: Statistics) -> pa.Table:
    """Return rows drawn from the statistics: usual, unknown and missing values.

    The same rows come for the same statistics.
    """
    generator = np.random.default_rng(0)
    columns = {c.name: _made_up(c, generator) for c in statistics.columns}
    return pa.table(columns)


def _made_up(column: Any, generator: np.random.Generator) -> pa.Array:
    missing = generator.random(_EXAMPLES) < 0.1
    if isinstance(column, NumericStatistics):
        spread = 1 / column.scale if column.scale else 1.0
        numbers = column.center + spread * generator.normal(size=_EXAMPLES)
        if column.raw == "integer":
            return pa.array(np.round(numbers).astype(np.int64), mask=missing)
        return pa.array(numbers, mask=missing)
    if isinstance(column, BooleanStatistics):
        return pa.array(generator.random(_EXAMPLES) < 0.5, mask=missing)
    if isinstance(column, DatetimeStatistics):
        spread = 1 / column.scale if column.scale else 1.0
        days = column.center + spread * generator.normal(size=_EXAMPLES)
        moments = (
            np.clip(days, -700_000, 2_900_000) * 86_400_000_000
        )  # years 54 to 9909
        return pa.array(moments.astype("datetime64[us]"), mask=missing)
    unknown: Any = "(unknown)" if column.raw == "text" else _UNKNOWN
    known = [*column.vocabulary, unknown]
    drawn = generator.integers(len(known), size=_EXAMPLES)
    return pa.array(
        [None if m else known[i] for i, m in zip(drawn, missing, strict=True)]
    )

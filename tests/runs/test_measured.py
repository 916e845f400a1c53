import numpy as np
import pytest

from mlpkit import build_model, load_config
from mlpkit.runs.measured import measure, settled_answers
from mlpkit.runs.prepare import prepare


def test_in_the_units_of_the_table_by_part_and_weight():
    rng = np.random.default_rng(0)
    x = rng.normal(size=60)
    table = {"x": x, "y": 1000 + 50 * x, "w": rng.integers(0, 3, 60)}
    job = {"data": {"target": "y", "sample_weight": "w"}}
    prepared = prepare(load_config(job), table)
    model = build_model("regression", num_features=1, hidden=(), seed=1)
    answers, found = settled_answers(prepared, model)
    assert found == {}
    metrics = measure(prepared, answers)
    assert list(metrics) == ["validation", "test"]
    for part, values in metrics.items():
        rows = prepared.split.parts()[part]
        y, w = table["y"][rows], table["w"][rows]
        z = model(prepared.x[rows]).numpy()[:, 0].astype(np.float64)
        train = table["y"][prepared.split.train]
        errors = z * train.std() + train.mean() - y
        assert values["rmse"] == pytest.approx(
            np.average(errors**2, weights=w) ** 0.5, rel=1e-5
        )

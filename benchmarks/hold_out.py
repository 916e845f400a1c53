"""What held-out rows are worth to the estimators: with them and without, in turns.

`MLPClassifier` and `MLPRegressor` hold rows out from 100 on, by which they choose the
epoch; what they lose is 15 % of the rows. On the development tables that
`benchmarks/recipes.py` uses, and on the same part of their rows: 80 % of them are
learned from, 20 % tested on.

    pip install -e ".[bench]"
    python benchmarks/hold_out.py --data FOLDER --rows 1000   # goes on where it stopped
    python benchmarks/hold_out.py --report --output benchmarks/results/hold_out.json
"""

import time
from typing import Any

import numpy as np
from contest.ours import PART, TARGET
from contest.runs import append, missing, read_lines
from recipes import parser, rows_of, tables_of, told

WAYS = {"default": {"early_stopping": False}, "held out": {"early_stopping": True}}


def measured(table: Any, task: str, seed: int, settings: dict[str, Any]) -> dict:
    """Fit an estimator; errors on the rows that it has not seen."""
    from sklearn.metrics import log_loss

    import mlpkit

    frame = table.to_pandas()
    tested = (frame[PART] == "test").to_numpy()
    x, y = frame.drop(columns=[PART, TARGET]), frame[TARGET].to_numpy()
    kind = mlpkit.MLPRegressor if task == "regression" else mlpkit.MLPClassifier
    start = time.perf_counter()
    model = kind(random_state=seed, **settings).fit(x[~tested], y[~tested])
    line = {"seconds": time.perf_counter() - start, "epochs": model.n_iter_}
    if task == "regression":
        off = model.predict(x[tested]) - y[tested]
        return {**line, "nrmse": np.sqrt(np.mean(off**2)) / np.std(y[~tested])}
    scores = np.clip(model.predict_proba(x[tested]), 1e-7, 1)
    return {
        **line,
        "error": 1 - model.score(x[tested], y[tested]),
        "log_loss": log_loss(y[tested], scores, labels=model.classes_),
    }


def main() -> None:
    options = parser("hold_out.jsonl", rows=1_000)
    options.description = __doc__.splitlines()[0]
    given = options.parse_args()
    done = read_lines(given.lines)
    keys = missing(tables_of(given), given.splits, list(WAYS), done)
    for name, seed, way in [] if given.report else keys:
        table, task = rows_of(name, seed, given.data, given.rows)
        line = measured(table, task, seed, WAYS[way])
        line = {k: round(float(v), 6) for k, v in line.items()}
        append(given.lines, {"table": name, "split": seed, "method": way, **line})
        print(name, seed, way, line, flush=True)
    told(given, list(WAYS))


if __name__ == "__main__":
    main()

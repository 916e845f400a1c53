"""What held-out rows are worth to the estimators: with them, without, and both in turn.

`MLPClassifier` and `MLPRegressor` hold rows out from 100 on, by which they choose the
epoch (here: default); what they lose is 15 % of the rows. The other ways are to learn
from all rows for a fixed number of epochs (all rows), and to do so for as many as held
out rows have shown to be best (refit). On the development tables that
`benchmarks/recipes.py` uses, and on the same part of their rows: 80 % of them are
learned from, 20 % tested on; seconds are of the processor.

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

EPOCHS, PATIENCE = 200, 25
WAYS = {
    "default": {"early_stopping": True},
    "all rows": {"early_stopping": False},
    "refit": {
        "early_stopping": True,
        "max_iter": EPOCHS,
        "n_iter_no_change": PATIENCE,
    },
}


def measured(table: Any, task: str, seed: int, way: str) -> dict:
    """Fit an estimator; errors on the rows that it has not seen."""
    from sklearn.metrics import log_loss

    import mlpkit

    frame = table.to_pandas()
    tested = (frame[PART] == "test").to_numpy()
    x, y = frame.drop(columns=[PART, TARGET]), frame[TARGET].to_numpy()
    kind = mlpkit.MLPRegressor if task == "regression" else mlpkit.MLPClassifier
    known = x[~tested], y[~tested]
    start = time.process_time()
    model = kind(random_state=seed, **WAYS[way]).fit(*known)
    if way == "refit":
        stopped = model.n_iter_ < EPOCHS  # else the best is one of the last
        best = model.n_iter_ - PATIENCE * stopped
        model = kind(random_state=seed, early_stopping=False, max_iter=best).fit(*known)
    line = {"seconds": time.process_time() - start, "epochs": model.n_iter_}
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
        line = measured(table, task, seed, way)
        line = {k: round(float(v), 6) for k, v in line.items()}
        append(given.lines, {"table": name, "split": seed, "method": way, **line})
        print(name, seed, way, line, flush=True)
    told(given, list(WAYS))


if __name__ == "__main__":
    main()

"""What was set and is ignored, where only the data or other parameters tell it."""

from collections.abc import Mapping
from typing import Any

from mlpkit.runs import Prepared
from mlpkit.runs.members import Plan

_FEW_ROWS = 10
# Of scikit-learn: harmless where they have no effect
_DEFAULTS = {"tol": 1e-4, "validation_fraction": 0.1}


def without_effect(prepared: Prepared, params: Mapping[str, Any]) -> list[str]:
    """Say which parameters of ``fit`` are set to something and ignored.

    Those that never fit together, as "sgd" and ``beta_1``, are errors instead.

    Args:
        prepared: The job, filled by its recipe.
        params: The estimator's.
    """
    validates = Plan.of(prepared, prepared.config.ensemble).validates
    waits = params["n_iter_no_change"] is not None or (
        validates and prepared.config.training.patience is not None
    )
    found = []
    if _is_set("tol", params) and not waits and params["learning_rate"] != "adaptive":
        hint = "set n_iter_no_change to stop by it"
        found.append(f"tol={params['tol']!r} has no effect: nothing waits; {hint}")
    held = len(prepared.split.validation) > 0
    if _is_set("validation_fraction", params) and not held:
        fraction = params["validation_fraction"]
        hint = "set early_stopping=True to hold some out"
        found.append(
            f"validation_fraction={fraction!r} has no effect: no rows are held out; "
            f"{hint}"
        )
    return found


def left_out_for_good(prepared: Prepared) -> list[str]:
    """Say what the first rows of ``partial_fit`` do not tell: they give the statistics.

    Args:
        prepared: The job of these rows.
    """
    rows, found = prepared.table.num_rows, []
    if rows < _FEW_ROWS:
        found.append(
            f"scales and categories stay those of the first call's {rows} row(s); "
            f"begin with {_FEW_ROWS} or more"
        )
    ignored = {n for n, kind in prepared.config.columns.items() if kind == "ignore"}
    alone = [c.name for c in prepared.columns if c.values < 2 and c.name not in ignored]
    if alone and rows > 1:
        names = ", ".join(alone[:5]) + (", …" if len(alone) > 5 else "")
        found.append(
            f"{len(alone)} column(s) have no two values in the first call's rows and "
            f"stay left out: {names}; begin with rows in which they differ"
        )
    return found


def _is_set(name: str, params: Mapping[str, Any]) -> bool:
    return params[name] is not None and params[name] != _DEFAULTS[name]

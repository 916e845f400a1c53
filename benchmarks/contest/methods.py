"""Who takes part, with which settings, on which rows and threads.

Every method gets the same test rows. Rows "train" learns from the training rows and
chooses its epoch by the validation rows; "known" learns from both, because its defaults
need no validation rows or take their own share, which is what its authors advise: a
third more rows. The same method with "train" in its name has as many as the networks.
Of mlpkit's five folds each network learns from four fifths of both.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Method:
    """A method: module in `contest`, function and settings.

    PyTorch and scikit-learn are fastest with one thread on two hyperthreads of a core
    (`benchmarks/fit.py`), and the trees get one, too; 0 is the library's own setting,
    as TensorFlow has it. `--threads` tries another number.
    """

    module: str
    function: str
    rows: str
    threads: int = 1
    settings: dict[str, Any] = field(default_factory=dict)


def _ours(**settings: Any) -> Method:
    return Method("ours", "mlpkit", "train", 0, settings)


METHODS = {
    "mlpkit default": _ours(recipe="default"),
    "mlpkit folds": _ours(recipe="default", ensemble="folds"),
    "mlpkit fast": _ours(recipe="fast"),
    "mlpkit lecture": _ours(recipe="lecture"),
    "mlpkit estimator": Method("ours", "estimator", "known", 0),
    "RealMLP-TD": Method("realmlp", "pytabkit", "train", 1, {"name": "RealMLP_TD"}),
    "RealMLP-TD-S": Method("realmlp", "pytabkit", "train", 1, {"name": "RealMLP_TD_S"}),
    "TabM": Method("realmlp", "pytabkit", "train", 1, {"name": "TabM_D"}),
    "sklearn MLP": Method("scikit", "mlp", "known"),
    "sklearn MLP stopped": Method(
        "scikit", "mlp", "known", 1, {"early_stopping": True}
    ),
    "sklearn MLP train": Method("scikit", "mlp", "train"),
    "HistGradientBoosting": Method("trees", "histogram", "known"),
    "LightGBM": Method("trees", "lightgbm", "known"),
    "LightGBM train": Method("trees", "lightgbm", "train"),
    "LightGBM stopped": Method(
        "trees", "lightgbm", "train", 1, {"n_estimators": 1000, "patience": 20}
    ),
    "CatBoost": Method("trees", "catboost", "known"),
}
OURS = tuple(name for name in METHODS if name.startswith("mlpkit"))
PEERS = tuple(name for name in METHODS if name not in OURS)

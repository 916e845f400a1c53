"""scikit-learn's bundled sets by name: ``sklearn:breast_cancer``."""

import pyarrow as pa

from mlpkit.errors import UsageError, suggest

BUNDLED = ("breast_cancer", "diabetes", "digits", "iris", "linnerud", "wine")


def read_bundled(name: str) -> pa.Table:
    """Return features and target(s) of a set that needs no download.

    Classes get their names, so that answers read ``malignant`` and not ``0``.

    Raises:
        UsageError: No such set.
    """
    if name not in BUNDLED:
        msg = f"sklearn:{name}: no such bundled set{suggest(name, BUNDLED)}"
        raise UsageError(msg)
    from sklearn import datasets

    bunch = getattr(datasets, f"load_{name}")()
    columns = dict(zip(bunch.feature_names, bunch.data.T, strict=True))
    if name == "linnerud":
        columns |= dict(zip(bunch.target_names, bunch.target.T, strict=True))
    elif name in {"breast_cancer", "iris", "wine"}:
        columns["target"] = bunch.target_names[bunch.target].astype(str)
    else:
        columns["target"] = bunch.target
    return pa.table({str(k): pa.array(v) for k, v in columns.items()})

"""The parameter ``settings`` of the estimators → sections of a configuration."""

from collections.abc import Mapping
from typing import Any

from mlpkit.config import Config
from mlpkit.errors import UsageError, suggest

# what jobs from files are told by these sections, estimators are told otherwise
_KEPT: dict[str, tuple[str, ...]] = {
    "data": ("missing_values",),
    "split": ("validation_fraction",),
    "search": (),
    "export": (),
}
_INSTEAD = {
    "data": "X, y and the parameters of fit tell what is in the data",
    "split": "validation_fraction and early_stopping tell which rows are held out",
    "search": "scikit-learn's GridSearchCV and its like search",
    "export": "export takes the path",
}


def sections(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings by section.

    Raises:
        UsageError: A key is no section's, or only of jobs from files.

    >>> sections({"model.dropout": 0.2})
    {'model': {'dropout': 0.2}}
    """
    if not isinstance(settings, Mapping):
        msg = "settings must be a mapping such as {'model.dropout': 0.2}, got "
        raise UsageError(f"{msg}{settings!r}")
    values: dict[str, Any] = {}
    for key, value in settings.items():
        section, dot, field = str(key).partition(".")
        if not (dot and section in Config.model_fields and field):
            msg = "settings takes keys of the configuration such as 'model.dropout', "
            near = suggest(section, Config.model_fields) if dot else ""
            raise UsageError(f"{msg}got {key!r}{near}")
        if not _is_taken(section, field):
            msg = f"settings must not have {key!r}, which is for jobs from files"
            raise UsageError(f"{msg}: {_INSTEAD[section]}")
        values.setdefault(section, {})[field] = value
    return values


def told(config: Config) -> dict[str, Any]:
    """Return what is set in a configuration, by the keys that ``settings`` takes.

    >>> told(Config(data={"target": "y"}, model={"dropout": 0.2}))
    {'model.dropout': 0.2}
    """
    dumped = config.model_dump(mode="json", exclude_unset=True)
    return {
        f"{section}.{field}": value
        for section, values in dumped.items()
        if isinstance(values, Mapping)
        for field, value in values.items()
        if _is_taken(section, field)
    }


def _is_taken(section: str, field: str) -> bool:
    return field in _KEPT.get(section, (field,))

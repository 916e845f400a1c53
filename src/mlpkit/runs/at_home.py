"""A configuration that means the same from any folder."""

from pathlib import Path

from mlpkit.config import Config

_FILES = ("path", "validation", "test")


def at_home(config: Config) -> Config:
    """Return the configuration, the files of `[data]` named from the root.

    >>> job = Config.model_validate({"data": {"target": "y", "path": "sklearn:iris"}})
    >>> at_home(job).data.path  # no file
    'sklearn:iris'
    """
    named = {key: getattr(config.data, key) for key in _FILES}
    files = {
        key: str(Path(name).resolve())
        for key, name in named.items()
        if name is not None and ":" not in name
    }
    return config.model_copy(update={"data": config.data.model_copy(update=files)})

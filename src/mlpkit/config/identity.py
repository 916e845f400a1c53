"""A configuration's identity (run folders are named by it) and its TOML text."""

import hashlib
import json
from typing import Any

import tomli_w

from mlpkit.config.schema import Config
from mlpkit.config.section import NONE

# What neither changes the trained weights nor belongs to the job itself.
_NOT_IDENTITY = {"name", "report", "export", "search"}
# A streamed job's digest tells them from those in memory, and names its buffers.
_NOT_ROWS = {"path", "validation", "test", "stream", "buffer_rows"}

_SAID = {"numeric_embedding", "patience", "weight_averaging"}


def config_id(config: Config, data_digest: str) -> str:
    """Return 8 hex digits that change with the data or any setting that matters.

    Args:
        config: The job.
        data_digest: Digest of the rows, so that a file may move or be renamed; names,
            sizes and times of the files where rows are streamed.
    """
    settings = config.model_dump(mode="json", exclude=_NOT_IDENTITY)
    for name in _NOT_ROWS:
        del settings["data"][name]
    del settings["training"]["checkpoint_seconds"]
    text = json.dumps([settings, data_digest], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def to_toml(config: Config, *, defaults: bool = False) -> str:
    """Return the configuration as TOML that `load_config` takes.

    Args:
        config: The job.
        defaults: Write every key, not only those that were given.
    """
    values = config.model_dump(mode="json", exclude_unset=not defaults)
    return tomli_w.dumps(_without_null(values))


def _without_null(value: Any) -> Any:
    # TOML has none: a key that is left out means the same, unless a recipe sets it
    if isinstance(value, dict):
        spoken = {k: NONE if v is None and k in _SAID else v for k, v in value.items()}
        return {k: _without_null(v) for k, v in spoken.items() if v is not None}
    if isinstance(value, list):
        return [_without_null(v) for v in value]
    return value

"""TOML file, dict or `Config` in, checked `Config` out; every mistake at once."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from mlpkit.config.schema import Config
from mlpkit.config.section import NONE, OrNone
from mlpkit.errors import UsageError, suggest

T = TypeVar("T", bound=BaseModel)
_FILE_KEYS = ("path", "validation", "test")


def load_config(
    source: "Config | Mapping[str, Any] | str | Path", overrides: Iterable[str] = ()
) -> Config:
    """Return the checked configuration; defaults < file < ``key=value`` overrides.

    Args:
        source: A TOML file, a nested mapping, or a `Config`. Data files named in a
            TOML file are looked up from the folder of that file.
        overrides: ``"training.epochs=5"``; the value is read as TOML, and as plain
            text where it is none.

    Raises:
        UsageError: With one line per mistake: key, what must hold, what came.
    """
    where = "config"
    if isinstance(source, Config):
        values = source.model_dump(exclude_unset=True)
    elif isinstance(source, Mapping):
        values = dict(source)
    else:
        where, values = str(source), _read_toml(Path(source))
    for override in overrides:
        _apply(values, override)
    return check_section(Config, where, values)


def check_section(cls: type[T], where: str, values: Mapping[str, Any]) -> T:
    """Return the values as a checked section, or raise all mistakes at once."""
    try:
        return cls.model_validate(values)
    except ValidationError as error:
        lines = "\n".join(f"  {_explain(e, cls)}" for e in error.errors())
        msg = f"{where}: {error.error_count()} mistake(s)\n{lines}"
        raise UsageError(msg) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        near = suggest(path.name, (p.name for p in path.parent.glob("*.toml")))
        msg = f"config file {path} cannot be read ({error.strerror}){near}"
        raise UsageError(msg) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"config file {path} is not valid TOML: {error}"
        raise UsageError(msg) from None
    data = values.get("data")
    if isinstance(data, dict):
        for key in _FILE_KEYS:
            if isinstance(data.get(key), str) and ":" not in data[key]:
                data[key] = str(path.parent / data[key])
    return values


def _apply(values: dict[str, Any], override: str) -> None:
    """Set one dotted key in place."""
    key, equals, text = override.partition("=")
    if not equals or not key.strip():
        msg = f"--set takes key=value, such as training.epochs=5; got {override!r}"
        raise UsageError(msg)
    given = None
    for literal in (text, json.dumps(text)):  # what is no TOML value is plain text
        try:
            given = tomllib.loads(f"{key} = {literal}")
            break
        except tomllib.TOMLDecodeError:
            continue
    if given is None:
        msg = f"--set: {key!r} is no key; quote names that are not plain, as in TOML"
        raise UsageError(msg)
    _merge(values, given)


def _merge(values: dict[str, Any], given: Mapping[str, Any]) -> None:
    """Put nested values in place, over those that are there."""
    for key, value in given.items():
        inner = values.get(key)
        if isinstance(value, dict):
            # `training.optimizer.beta_1=0.8` may follow `optimizer = "adam"`
            known = {"name": inner} if isinstance(inner, str) else {}
            known |= inner if isinstance(inner, Mapping) else {}
            _merge(known, value)
            values[key] = known
        else:
            values[key] = value


def _explain(error: Mapping[str, Any], cls: type[BaseModel]) -> str:
    # pydantic names the branch of a union ("dict[str, …]") inside the location
    location = [str(part) for part in error["loc"] if "[" not in str(part)]
    key = ".".join(location)
    if error["type"] == "extra_forbidden":
        return (
            f"{key}: no such key{suggest(location[-1], _keys_at(cls, location[:-1]))}"
        )
    if error["type"] == "missing":
        return f"{key}: must be given"
    message = error["msg"].removeprefix("Value error, ")
    received = error["input"]
    if isinstance(received, BaseModel | Mapping) or "got" in message:
        return f"{key}: {message}" if key else message
    near = ""
    if error["type"] == "literal_error" and isinstance(received, str):
        if received != NONE and _takes_none(cls, location):
            message = f"{message.replace(' or ', ', ')} or '{NONE}'"
        near = suggest(received, _quoted(message.removeprefix("Input should be ")))
        near = near if near.startswith("; did") else ""
    return f"{key}: {_plain(message)}, got {received!r}{near}"


def _plain(message: str) -> str:
    message = message.replace("Input should be", "must be")
    return message[:1].lower() + message[1:]


def _quoted(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").replace("'", "").split(", ")


def _takes_none(cls: type[BaseModel], location: list[str]) -> bool:
    """Whether a table that is named here may be put off by "none"."""
    *path, field, name = ["", *location]
    fields = getattr(_model_at(cls, [p for p in path if p]), "model_fields", {})
    return name == "name" and field in fields and OrNone in fields[field].metadata


def _keys_at(cls: type[BaseModel], location: list[str]) -> list[str]:
    """The keys that the section at this location knows."""
    return list(getattr(_model_at(cls, location), "model_fields", []))


def _model_at(model: Any, location: list[str]) -> Any:
    """The section at this location, or None."""
    for part in location:
        field = model.model_fields.get(part)
        if field is None:
            return None
        choices = (field.annotation, *get_args(field.annotation))
        model = next((c for c in choices if hasattr(c, "model_fields")), None)
        if model is None:
            return None
    return model

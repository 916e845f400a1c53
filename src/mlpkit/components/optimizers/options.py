"""Checks of the options that every optimizer takes, and its signature."""

import inspect
import numbers
import re
from collections.abc import Mapping
from typing import Any

from mlpkit.components.optimizers.run_time_values import check_number, check_positive


def check_options(owner: object, learning_rate: Any, options: Mapping[str, Any]) -> Any:
    """Check the options shared with Keras' optimizers.

    Args:
        owner: The optimizer, whose class errors name.
        learning_rate: A number, a schedule or a callable.
        options: Keras' options by name.

    Returns:
        The learning rate, a number being turned into a float.

    Raises:
        ValueError: An option is out of its range.
    """
    kind = type(owner).__name__
    clips = ("clipnorm", "clipvalue", "global_clipnorm")
    for name in (*clips, "loss_scale_factor"):
        if options[name] is not None:
            check_positive(owner, name, options[name])
    given = [name for name in clips if options[name] is not None]
    if len(given) > 1:
        raise ValueError(
            f"{kind}: only one of clipnorm, clipvalue and global_clipnorm must be "
            f"given, got {', '.join(given)}"
        )
    check_number(owner, "ema_momentum", options["ema_momentum"], 0, 1, closed="both")
    for name, least in (
        ("ema_overwrite_frequency", 1),
        ("gradient_accumulation_steps", 2),
    ):
        value = options[name]
        if value is not None and not _is_count(value, least):
            raise ValueError(
                f"{kind}: {name} must be an integer >= {least} or None, got {value!r}"
            )
    if callable(learning_rate):
        return learning_rate
    return check_number(
        owner, "learning_rate", learning_rate, 0, float("inf"), closed="left"
    )


def check_patterns(owner: object, patterns: Any) -> tuple[str, ...]:
    """Return regular expressions as a tuple, or raise ValueError."""
    try:
        if isinstance(patterns, str):
            raise TypeError
        for pattern in patterns:
            re.compile(pattern)
    except (re.error, TypeError):
        raise ValueError(
            f"{type(owner).__name__}: weight_decay_exclude must be a sequence of "
            f"regular expressions, got {patterns!r}"
        ) from None
    return tuple(patterns)


def merge_signature(cls: type, base: type) -> None:
    """Give ``cls`` one signature: its own arguments, then the options of ``base``.

    Subclasses pass the options on as ``**options``; tools, configuration checks and
    readers still see every one of them by name.
    """
    own = list(inspect.signature(cls.__init__).parameters.values())[1:]  # type: ignore[misc]
    own = [p for p in own if p.kind is not p.VAR_KEYWORD]
    taken = {p.name for p in own} | {"self", "learning_rate", "gradient", "rate"}
    shared = inspect.signature(base.__init__).parameters.values()  # type: ignore[misc]
    cls.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [*own, *(p for p in shared if p.name not in taken)]
    )


def _is_count(value: Any, least: int) -> bool:
    integral = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    return integral and value >= least

"""What an estimator's ``ensemble`` goes together with."""

from collections.abc import Mapping
from typing import Any

from mlpkit.config import Config
from mlpkit.errors import UsageError
from mlpkit.runs.members import check_ensemble

_SIDE_BY_SIDE = ("folds", "seeds")


def check_members(config: Config, params: Mapping[str, Any], *, part: bool) -> None:
    """Raise a `UsageError` for what an ensemble cannot do, or would ignore.

    Args:
        config: From `configuration`.
        params: The estimator's.
        part: Whether it is for one pass over some of the rows.
    """
    name = config.ensemble.name
    if name == "none":
        if params["members"] is not None:
            msg = "members is used with an ensemble only and would be ignored, got "
            raise UsageError(f"{msg}{params['members']}; set ensemble='folds', say")
        return
    check_ensemble(config, streamed=False)
    for wrong, what, instead in (
        (part, "partial_fit goes on with one network", "call fit, or leave it out"),
        (
            params["warm_start"],
            "warm_start goes on with one network",
            "leave one of them out",
        ),
        (
            params["alpha"],
            "alpha is a penalty on a single network",
            "set 'training.weight_decay' in settings instead",
        ),
        *_single_course(name, params),
        *_own_rows(name, params),
    ):
        if wrong:
            raise UsageError(f"{what}, got ensemble={name!r}; {instead}")


def _single_course(name: str, params: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    if name not in _SIDE_BY_SIDE:
        return []
    what = "follows the loss of one network"
    patience = "leave it, n_iter_no_change stops each network by its own loss"
    return [
        (params["tol"] is not None, f"tol {what}", patience),
        (
            params["learning_rate"] == "adaptive",
            f"learning_rate='adaptive' {what}",
            "take a schedule",
        ),
    ]


def _own_rows(name: str, params: Mapping[str, Any]) -> list[tuple[Any, str, str]]:
    if name not in _SIDE_BY_SIDE:
        return []
    found: list[tuple[Any, str, str]] = [
        (
            params["early_stopping"] is False,
            "early_stopping=False keeps the last epoch, each network its best one",
            "leave early_stopping",
        )
    ]
    if name == "folds":
        fraction = params["validation_fraction"]
        what = f"validation_fraction={fraction} holds rows out, folds do so by members"
        found.append((fraction is not None, what, "set members instead"))
    return found


def hold_out_of(config: Config, early_stopping: Any) -> Any:
    """Return whether rows are held out besides folds: True, False or "auto".

    The networks of several seeds need some to tell their best epochs by.
    """
    name = config.ensemble.name
    if name == "folds":
        return False
    return True if name == "seeds" and early_stopping == "auto" else early_stopping

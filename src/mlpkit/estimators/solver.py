"""scikit-learn's ``solver`` and its options → the optimizer of the configuration."""

import inspect
from collections.abc import Mapping
from typing import Any

from mlpkit.components.optimizers import OPTIMIZERS
from mlpkit.config import Config
from mlpkit.errors import UsageError, suggest

_OPTIONS = ("momentum", "beta_1", "beta_2", "epsilon")
# Of scikit-learn: harmless where the solver has no use for them
_UNUSED_DEFAULTS = {
    "beta_1": 0.9,
    "beta_2": 0.999,
    "epsilon": 1e-8,
    "momentum": 0.9,
    "nesterovs_momentum": True,
    "power_t": 0.5,
    "max_fun": 15_000,
}


def with_solver(config: Config, params: Mapping[str, Any]) -> Config:
    """Return the job with the optimizer that the parameters ask for.

    Options that are left are those of the optimizer that the job has, if it stays.

    Args:
        config: Filled by its recipe.
        params: From ``get_params``.

    Raises:
        UsageError: There is no such solver, or an option would have no effect.
    """
    options = {name: params[name] for name in _OPTIONS}
    nesterov = params["nesterovs_momentum"]
    name = params["solver"]
    known = config.training.optimizer
    if name == "sgd":  # of scikit-learn: with Nesterov's momentum
        momentum = options["momentum"] if options["momentum"] is not None else 0.9
        if momentum == 0:
            nesterov = options["momentum"] = None
        else:
            name = "momentum" if nesterov is False else "nesterov"
            nesterov, options["momentum"] = None, momentum
    elif name in (None, "auto"):
        name = known.name
    check_solver(name)
    taken = inspect.signature(OPTIMIZERS[name]).parameters
    given = {k: v for k, v in options.items() if v is not None and k in taken}
    for option, value in {**options, "nesterovs_momentum": nesterov}.items():
        if value is not None and option not in given:
            check_unused(option, value, "another solver")
    kept = known.params if name == known.name else {}
    optimizer = type(known).model_validate({"name": name, **kept, **given})
    training = config.training.model_copy(update={"optimizer": optimizer})
    return config.model_copy(update={"training": training})


def check_solver(name: Any) -> None:
    """Raise a `UsageError` where there is no such solver."""
    if name == "lbfgs":
        msg = "solver 'lbfgs' is not here: networks are trained in batches; use 'adam'"
        raise UsageError(msg)
    if name not in (None, "auto", *OPTIMIZERS):
        msg = f"solver must be a known optimizer, got {name!r}"
        raise UsageError(f"{msg}{suggest(str(name), OPTIMIZERS)}")


def check_unused(name: str, value: Any, user: str) -> None:
    """Raise a `UsageError` for a parameter without effect, unless it is the default."""
    if value != _UNUSED_DEFAULTS[name]:
        msg = f"{name} is used with {user} only and would be ignored, got {value!r}; "
        raise UsageError(f"{msg}leave it, or set {name}={_UNUSED_DEFAULTS[name]!r}")

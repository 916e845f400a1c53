"""scikit-learn's parameters → mlpkit's configuration; nothing is ignored silently."""

import inspect
import numbers
from collections.abc import Mapping
from typing import Any

import numpy as np

from mlpkit.components.activations import ACTIVATIONS
from mlpkit.components.optimizers import OPTIMIZERS
from mlpkit.components.schedules import SCHEDULES
from mlpkit.config import Config, load_config
from mlpkit.errors import UsageError, suggest
from mlpkit.estimators.recipes import recipe_settings

# scikit-learn's names of activations that have another one here
_ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid"}
BY_EPOCH = ("invscaling", "adaptive")
"""Rules of scikit-learn that change the learning rate after each epoch."""

_RANGES = {  # parameter: what must hold, whether it is whole, lowest, below
    "alpha": (">= 0", False, 0, np.inf),
    "batch_size": ("an integer >= 1", True, 1, np.inf),
    "dropout": ("in [0, 1)", False, 0, 1),
    "learning_rate_init": ("> 0", False, np.nextafter(0, 1), np.inf),
    "max_iter": ("an integer >= 1", True, 1, np.inf),
    "momentum": ("in [0, 1)", False, 0, 1),
    "n_iter_no_change": ("an integer >= 1", True, 1, np.inf),
    "power_t": (">= 0", False, 0, np.inf),
    "tol": (">= 0", False, 0, np.inf),
    "validation_fraction": ("in (0, 1)", False, np.nextafter(0, 1), 1),
}
_FLAGS = ("batch_norm", "nesterovs_momentum", "warm_start")
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


def configuration(params: Mapping[str, Any], target: Mapping[str, Any]) -> Config:
    """Return the job that an estimator's parameters ask for.

    The recipe comes first, then ``config``, then each parameter that is not left.

    Args:
        params: From ``get_params``.
        target: The configuration's ``data``: target columns and task.

    Raises:
        UsageError: A parameter is out of range, or would have no effect.
    """
    check_ranges(params)
    values = recipe_settings(params["recipe"])
    for section, settings in dict(params["config"] or {}).items():
        merged = isinstance(settings, Mapping) and section in values
        values[section] = {**values[section], **settings} if merged else settings
    given = {
        "data": {**target},
        "split": {"validation_fraction": params["validation_fraction"]},
        "columns": dict(params["columns"] or {}),
        "model": {
            "hidden": _hidden(params["hidden_layer_sizes"]),
            "activation": _activation(params["activation"]),
            "batch_norm": params["batch_norm"],
            "dropout": params["dropout"],
        },
        "training": {
            "epochs": params["max_iter"],
            "batch_size": _left(params["batch_size"]),
            "learning_rate": params["learning_rate_init"],
            "optimizer": _optimizer(params),
            "schedule": _schedule(params["learning_rate"]),
        },
    }
    for section, settings in given.items():
        kept = {k: v for k, v in settings.items() if v is not None}
        values[section] = {**values.get(section, {}), **kept}
    config = load_config({"seed": seed_of(params["random_state"]), **values})
    if params["power_t"] is not None and params["learning_rate"] != "invscaling":
        _check_unused("power_t", params["power_t"], "learning_rate='invscaling'")
    return config


def check_ranges(params: Mapping[str, Any]) -> None:
    """Raise a `UsageError` for the first parameter that is out of range."""
    for name, (rule, whole, low, below) in _RANGES.items():
        value = params[name]
        if value is None or (name == "batch_size" and value == "auto"):
            continue
        kind = numbers.Integral if whole else numbers.Real
        right = isinstance(value, kind) and not isinstance(value, bool | np.bool_)
        if not (right and low <= value < below):
            msg = f"{name} must be {rule}, or None for mlpkit's own, got {value!r}"
            raise UsageError(msg)
    for name in _FLAGS:
        if params[name] not in (None, True, False):
            msg = f"{name} must be True or False, got {params[name]!r}"
            raise UsageError(msg)
    if params["early_stopping"] not in ("auto", None, True, False):
        msg = "early_stopping must be True, False or 'auto', got "
        raise UsageError(f"{msg}{params['early_stopping']!r}")
    if params["shuffle"] not in (None, True):
        msg = "shuffle must be True: rows are always taken in a new order, got "
        raise UsageError(f"{msg}{params['shuffle']!r}")
    if params["max_fun"] is not None:
        _check_unused("max_fun", params["max_fun"], "solver='lbfgs', which is not here")
    if params.get("loss", "squared_error") != "squared_error":
        msg = "loss must be 'squared_error', the only one here, got "
        raise UsageError(f"{msg}{params['loss']!r}")


def check_part(params: Mapping[str, Any]) -> None:
    """Raise a `UsageError` for what learning part by part cannot do."""
    if params["early_stopping"] is True:
        msg = "partial_fit takes no early_stopping=True: no rows are held out"
        raise UsageError(msg)
    if params["learning_rate"] not in (None, "auto", "constant"):
        msg = "partial_fit takes learning_rate='constant' only, got"
        raise UsageError(f"{msg} {params['learning_rate']!r}")


def seed_of(random_state: Any) -> int:
    """Return the seed that scikit-learn's ``random_state`` stands for; 1 for None.

    >>> seed_of(None), seed_of(7), seed_of(2**32 - 1) < 2**31
    (1, 7, True)
    """
    if random_state is None:
        return 1
    whole = isinstance(random_state, numbers.Integral)
    if whole and 0 <= random_state < 2**31:
        return int(random_state)
    if whole:
        try:
            random_state = np.random.RandomState(random_state)
        except ValueError:
            msg = f"random_state must be in [0, 2**32 - 1], got {random_state}"
            raise UsageError(msg) from None
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    msg = "random_state must be None, an integer or a RandomState, got "
    raise UsageError(f"{msg}{random_state!r}")


def _left(value: Any) -> Any:
    return None if isinstance(value, str) and value == "auto" else value


def _hidden(sizes: Any) -> tuple[int, ...] | None:
    if sizes is None:
        return None
    sizes = (sizes,) if isinstance(sizes, int | np.integer) else sizes
    units = tuple(sizes) if np.iterable(sizes) and not isinstance(sizes, str) else (0,)
    if all(isinstance(n, int | np.integer) and n >= 1 for n in units):
        return tuple(int(n) for n in units)
    msg = f"hidden_layer_sizes must be integers >= 1, one per layer, got {sizes!r}"
    raise UsageError(msg)


def _activation(name: Any) -> Any:
    if name is None or isinstance(name, Mapping):
        return name  # a mapping holds the arguments too: its names are checked later
    known = _ACTIVATIONS.get(name, name)
    if known not in ACTIVATIONS:
        near = suggest(str(name), [*ACTIVATIONS, *_ACTIVATIONS])
        msg = f"activation must be a known one, got {name!r}{near}"
        raise UsageError(msg)
    return known


def _schedule(name: Any) -> str | None:
    if name in (None, "auto", *BY_EPOCH):
        return None
    if name not in SCHEDULES:
        near = suggest(str(name), [*SCHEDULES, *BY_EPOCH])
        msg = f"learning_rate must be a known schedule, got {name!r}{near}"
        raise UsageError(msg)
    return str(name)


def _optimizer(params: Mapping[str, Any]) -> dict[str, Any] | None:
    solver = params["solver"]
    options = {k: params[k] for k in ("momentum", "beta_1", "beta_2", "epsilon")}
    nesterov = params["nesterovs_momentum"]
    if solver == "sgd":  # of scikit-learn: with Nesterov's momentum
        momentum = options["momentum"] if options["momentum"] is not None else 0.9
        if momentum == 0:
            nesterov = options["momentum"] = None
        else:
            solver = "momentum" if nesterov is False else "nesterov"
            nesterov, options["momentum"] = None, momentum
    elif solver == "lbfgs":
        msg = "solver 'lbfgs' is not here: networks are trained in batches; use 'adam'"
        raise UsageError(msg)
    name = "adam" if solver in (None, "auto") else solver
    if name not in OPTIMIZERS:
        msg = f"solver must be a known optimizer, got {solver!r}"
        raise UsageError(f"{msg}{suggest(str(solver), OPTIMIZERS)}")
    taken = inspect.signature(OPTIMIZERS[name]).parameters
    given = {k: v for k, v in options.items() if v is not None and k in taken}
    for option, value in {**options, "nesterovs_momentum": nesterov}.items():
        if value is not None and option not in given:
            _check_unused(option, value, "another solver")
    return None if solver in (None, "auto") and not given else {"name": name, **given}


def _check_unused(name: str, value: Any, user: str) -> None:
    if value != _UNUSED_DEFAULTS[name]:
        msg = f"{name} is used with {user} only and would be ignored, got {value!r}; "
        raise UsageError(f"{msg}leave it, or set {name}={_UNUSED_DEFAULTS[name]!r}")

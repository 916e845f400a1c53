"""scikit-learn's parameters → mlpkit's configuration; nothing is ignored silently."""

import numbers
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from mlpkit.components.activations import ACTIVATIONS
from mlpkit.components.schedules import SCHEDULES
from mlpkit.config import RECIPES, Config, TrainingConfig, load_config
from mlpkit.config.ensemble import EnsembleName
from mlpkit.errors import UsageError, suggest
from mlpkit.estimators.settings import sections
from mlpkit.estimators.solver import check_solver, check_unused

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
    "members": ("an integer >= 2", True, 2, np.inf),
    "momentum": ("in [0, 1)", False, 0, 1),
    "n_iter_no_change": ("an integer >= 1", True, 1, np.inf),
    "power_t": (">= 0", False, 0, np.inf),
    "tol": (">= 0", False, 0, np.inf),
    "validation_fraction": ("in (0, 1)", False, np.nextafter(0, 1), 1),
}
_CHOICES: dict[str, tuple[Any, ...]] = {
    "batch_norm": (True, False),
    "early_stopping": (True, False, "auto"),
    "ensemble": get_args(EnsembleName),
    "loss": ("squared_error",),
    "nesterovs_momentum": (True, False),
    "recipe": tuple(RECIPES),
    "shuffle": (True,),  # rows come in a new order in each epoch
    "warm_start": (True, False),
}
_BY_NAME = ("recipe", "ensemble")  # a misspelt one is told what is near
_SCHEDULES = ("schedule", "dropout_schedule", "weight_decay_schedule")
_BARE = {"numeric_embedding": None, "front_scale": False}
_PLAIN = {
    "parametrization": "standard",
    "parametric_activation": False,
    "data_initialization": False,
    "dropout": 0.0,
    **_BARE,
}


def configuration(
    params: Mapping[str, Any], target: Mapping[str, Any], *, part: bool = False
) -> Config:
    """Return the job that an estimator's parameters ask for, but for its optimizer.

    It holds what is given only: ``settings``, and over them each parameter that is not
    left. The recipe is to fill the rest, then `with_solver`.

    Args:
        params: From ``get_params``.
        target: The configuration's ``data``: target columns and task.
        part: Whether it is for one pass over some of the rows.

    Raises:
        UsageError: A parameter is out of range, or would have no effect.
    """
    check_ranges(params)
    given = {
        "data": {**target},
        "split": {
            "validation_fraction": params["validation_fraction"],
            "test_fraction": 0.0,
        },
        "columns": dict(params["columns"] or {}),
        "model": {
            "hidden": _hidden(params["hidden_layer_sizes"]),
            "activation": _activation(params["activation"]),
            "batch_norm": params["batch_norm"],
            "dropout": params["dropout"],
            "quantiles": params.get("quantiles"),
        },
        "training": {
            "epochs": 1 if part else params["max_iter"],
            "batch_size": _left(params["batch_size"]),
            "learning_rate": _rate(params, target["task"]),
            "schedule": _schedule(params["learning_rate"]),
        },
        "ensemble": {
            "name": None if params["ensemble"] == "none" else params["ensemble"],
            "members": params["members"],
        },
    }
    values = sections(params["settings"] or {})
    _leave_out(values, params)
    training = values.setdefault("training", {})
    if params["alpha"] is not None:
        training.setdefault("weight_decay", 0.0)  # one of them is enough
    if part:
        values["training"] = {**dict.fromkeys(_SCHEDULES, "constant"), **training}
    for section, settings in given.items():
        kept = {k: v for k, v in settings.items() if v is not None}
        values[section] = {**values.get(section, {}), **kept}
    top = {"seed": seed_of(params["random_state"]), "recipe": params["recipe"]}
    return load_config({**top, **values})


def _rate(params: Mapping[str, Any], task: str) -> float | None:
    """The learning rate; scikit-learn's squared error has a factor 1/2, Keras' not."""
    rate = params["learning_rate_init"]
    squared = task == "regression" and params.get("quantiles") is None
    halved = rate is not None and params["solver"] == "sgd" and squared
    return rate / 2 if halved else rate


def _leave_out(values: dict[str, Any], params: Mapping[str, Any]) -> None:
    """Set what a recipe must not, as it would not fit what is given.

    A recipe's learning rate belongs to its parametrization and its optimizer. Its parts
    were chosen with Adam; other optimizers may diverge with them.
    """
    model = values.setdefault("model", {})
    without: dict[str, Any] = {}
    single = _hidden(params["hidden_layer_sizes"]) == ()  # a layer of x itself
    if single:
        without = _BARE
    adam = params["solver"] in (None, "auto", "adam")
    if not adam:
        without = _PLAIN
    elif params["learning_rate_init"] is not None or params["alpha"]:
        without = {**without, "parametrization": "standard"}
    values["model"] = {**without, **model}
    kind = values["model"].get("parametrization", "standard")
    if "parametrization" in without and not (single and adam):
        rate = {"learning_rate": TrainingConfig().learning_rate}
        values["training"] = {**rate, **values.get("training", {})}
    if params["alpha"] and kind != "standard":
        msg = "alpha is a penalty on kernels that are not scaled, got the setting "
        hint = "leave one of them, or set 'training.weight_decay' instead"
        raise UsageError(f"{msg}model.parametrization={kind!r}; {hint}")


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
    for name, choices in _CHOICES.items():
        value = params.get(name)
        if value is not None and value not in choices:
            known = " or ".join(map(repr, choices))
            named = name in _BY_NAME and isinstance(value, str)
            near = suggest(value, choices) if named else ""
            msg = f"{name} must be {known}, got {value!r}{near}"
            raise UsageError(msg)
    if params["max_fun"] is not None:
        check_unused("max_fun", params["max_fun"], "solver='lbfgs', which is not here")
    if params["power_t"] is not None and params["learning_rate"] != "invscaling":
        check_unused("power_t", params["power_t"], "learning_rate='invscaling'")
    check_solver(params["solver"])


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
    if name in (None, "auto"):
        return None
    if name in BY_EPOCH:
        return "constant"  # within an epoch
    if name not in SCHEDULES:
        near = suggest(str(name), [*SCHEDULES, *BY_EPOCH])
        msg = f"learning_rate must be a known schedule, got {name!r}{near}"
        raise UsageError(msg)
    return str(name)

"""Recipes: settings that belong together, each with what speaks for it.

A recipe fills what `[model]`, `[training]` and `[decision]` leave out.
RM is Holzmüller, Grinsztajn & Steinwart 2024, "Better by Default" (arXiv 2407.04491).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from mlpkit.config.batch_size import batch_size_for
from mlpkit.config.schema import Config, RecipeName, TaskName


@dataclass(frozen=True)
class Facts:
    """What a recipe needs to know about a table.

    Attributes:
        task: Key of ``TASKS``.
        rows: Training rows.
        numeric: Numeric columns.
        validated: Whether there are rows to tell the best epoch by.
    """

    task: TaskName
    rows: int
    numeric: int
    validated: bool = True

    @property
    def classes(self) -> bool:
        """Whether one class of several is asked for."""
        return self.task in {"binary", "binary_softmax", "multiclass"}


class Setting(NamedTuple):
    """A value, or how it follows from the table, and its evidence."""

    value: Any
    evidence: str


Recipe = Mapping[str, Setting]
_ON = True
_VERY_FEW_ROWS, _FEW_ROWS, _MANY_ROWS = 150, 1_000, 10_000


def _batch_size(facts: Facts) -> int:
    least = 64 if facts.rows < _VERY_FEW_ROWS else 128  # two steps or more
    return max(least, batch_size_for(facts.rows))


def _epochs(facts: Facts) -> int:
    """200, fewer for large tables, so that the steps grow with the root of the rows.

    At most 128 where the last epoch is kept, whichever is the best one.
    """
    most = 200 if facts.validated else 128
    return max(32, min(most, round(128 * (20_000 / max(1, facts.rows)) ** 0.5)))


def _fast_epochs(facts: Facts) -> int:
    """Half of the default's; more of few rows, which cost less than building."""
    if facts.rows < _FEW_ROWS:
        return min(150, _epochs(facts))
    return max(16, min(96, _epochs(facts) // 2))


def _hidden(facts: Facts) -> tuple[int, ...]:
    width = 128 if facts.rows < _FEW_ROWS and facts.classes else 256
    return (width,) * (2 if facts.rows < _MANY_ROWS else 3)


def _dropout(facts: Facts) -> float:
    if facts.rows < _FEW_ROWS and facts.task != "regression":
        return 0.3
    return 0.2 if facts.rows < _MANY_ROWS else 0.15


def _smoothing(facts: Facts) -> float:
    if not facts.classes:
        return 0.0
    return 0.05 if facts.rows < _FEW_ROWS else 0.1


def _by_task(*, classes: Any, numbers: Any) -> Callable[[Facts], Any]:
    return lambda facts: numbers if facts.task == "regression" else classes


def _embedding(facts: Facts) -> Any:
    return {"name": "pbld"} if 0 < facts.numeric <= 300 else None


_SHARED: dict[str, Setting] = {
    "model.parametrization": Setting("ntk", "RM table B.1: +1.1 %, +1.3 % without"),
    "model.front_scale": Setting(_ON, "RM table B.1: +1.4 %, +1.0 % without"),
    "model.activation": Setting(
        _by_task(classes="selu", numbers="mish"),
        "RM table B.1: SELU for numbers +2.3 %, Mish for classes 0.0 %",
    ),
    "model.data_initialization": Setting(_ON, "RM table B.1: +0.9 %, +1.2 % without"),
    "training.optimizer": Setting(
        {"name": "adam", "beta_2": 0.95}, "RM table B.1: 0.999 +2.0 %, +22.8 %"
    ),
    "training.batch_size": Setting(
        _batch_size, "pytabkit's rule by rows; 128 below: benchmarks/recipes.py"
    ),
    "training.learning_rate": Setting(
        _by_task(classes=0.02, numbers=0.03), "measured: benchmarks/recipes.py"
    ),
    "training.weight_averaging": Setting(8.0, "measured: benchmarks/recipes.py"),
    "training.weight_decay": Setting(0.02, "RM table B.1: +0.8 %, +0.9 % without"),
    "training.patience": Setting(25, "measured: benchmarks/recipes.py"),
    "training.label_smoothing": Setting(
        _smoothing, "RM table B.1: +1.8 % without; few rows: benchmarks/recipes.py"
    ),
    "decision.clamp": Setting(_by_task(classes=False, numbers=_ON), "RM appendix A"),
}

_DEFAULT = _SHARED | {
    "model.hidden": Setting(
        _hidden, "RM appendix A; fewer rows, fewer weights: benchmarks/recipes.py"
    ),
    "model.numeric_embedding": Setting(
        _embedding, "RM table B.1: +2.3 %, +20.6 % without"
    ),
    "model.parametric_activation": Setting(_ON, "RM table B.1: +0.5 %, +4.8 % without"),
    "model.dropout": Setting(_dropout, "measured: benchmarks/recipes.py"),
    "training.epochs": Setting(_epochs, "measured: benchmarks/recipes.py"),
}

_FAST = _SHARED | {
    "model.hidden": Setting((64, 64), "measured: benchmarks/fast.py"),
    "model.dropout": Setting(0.0, "measured: benchmarks/fast.py"),
    "training.patience": Setting(
        lambda facts: 16 if facts.rows < _FEW_ROWS else 8,
        "measured: benchmarks/fast.py",
    ),
    "training.epochs": Setting(_fast_epochs, "measured: benchmarks/fast.py"),
}

_LECTURE: dict[str, Setting] = {
    "model.hidden": Setting((128, 128), "the lecture's deep network"),
    "model.activation": Setting("gelu", "Hendrycks & Gimpel 2016"),
    "model.batch_norm": Setting(_ON, "Ioffe & Szegedy 2015"),
    "model.dropout": Setting(0.1, "Srivastava et al. 2014"),
    "training.optimizer": Setting("adam", "Kingma & Ba 2015"),
    "training.learning_rate": Setting(0.01, "Smith 2018: the peak of one cycle"),
    "training.schedule": Setting("one_cycle", "Smith 2018 (arXiv 1803.09820)"),
    "training.epochs": Setting(100, "the lecture's exercises"),
    "training.patience": Setting(None, "a cycle is to be gone through"),
}

_SINGLE: dict[str, Setting] = {
    "training.epochs": Setting(200, "as many as the default's, ended by patience"),
    "training.patience": Setting(25, "as the default's"),
    "training.learning_rate": Setting(0.01, "measured: benchmarks/recipes.py"),
    "training.weight_averaging": Setting(8.0, "as the default's"),
}
"""Of any recipe, for a network without hidden layers."""

RECIPES: dict[RecipeName, Recipe] = {
    "default": _DEFAULT,
    "fast": _FAST,
    "lecture": _LECTURE,
    "none": {},
}


def recipe_of(config: Config) -> Recipe:
    """Return the settings that a configuration's recipe fills.

    Of a single-layer network (``model.hidden = []``) only how long and fast it learns
    is filled: the rest of a recipe is for what lies between features and output.
    """
    recipe = RECIPES[config.recipe]
    single = "hidden" in config.model.model_fields_set and not config.model.hidden
    return _SINGLE if recipe and single else recipe


def with_recipe(config: Config, facts: Facts) -> Config:
    """Return the configuration, the keys it leaves out filled by its recipe.

    >>> given = {"recipe": "default", "model": {"dropout": 0.5}}
    >>> job = Config.model_validate({"data": {"target": "y"}, **given})
    >>> filled = with_recipe(job, Facts("multiclass", rows=500, numeric=4))
    >>> filled.model.dropout, filled.model.activation.name, filled.training.batch_size
    (0.5, 'selu', 128)
    """
    sections = {
        "model": config.model,
        "training": config.training,
        "decision": config.decision,
    }
    values: dict[str, dict[str, Any]] = {name: {} for name in sections}
    for key, setting in recipe_of(config).items():
        section, field = key.split(".")
        if field not in sections[section].model_fields_set:
            value = setting.value
            values[section][field] = value(facts) if callable(value) else value
    stop_after = config.training.stop_after
    if stop_after is not None and "epochs" in values["training"]:
        values["training"]["epochs"] = max(values["training"]["epochs"], stop_after)
    filled = {
        name: type(section).model_validate(
            {**section.model_dump(exclude_unset=True), **values[name]}
        )
        for name, section in sections.items()
    }
    return config.model_copy(update=filled)

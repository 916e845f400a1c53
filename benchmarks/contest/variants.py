"""Variants of the default recipe: what is given here wins over its settings."""

from typing import Any

_TD = {
    "schedule": "cos_log4",
    "dropout_schedule": "flat_cosine",
    "weight_decay_schedule": "flat_cosine",
    "weight_averaging": None,
    "patience": None,
    "epochs": 256,
}

VARIANTS: dict[str, dict[str, Any]] = {
    "default": {},
    "fast": {"recipe": "fast"},
    "none": {"recipe": "none"},
    "lecture": {"recipe": "lecture"},
    "no averaging": {"training": {"weight_averaging": None}},
    "averaging 3": {"training": {"weight_averaging": 3.0}},
    "schedules of RealMLP": {"training": _TD, "model": {"dropout": 0.15}},
    "dropout 0.1": {"model": {"dropout": 0.1}},
    "dropout 0.2": {"model": {"dropout": 0.2}},
    "dropout 0.3": {"model": {"dropout": 0.3}},
    "rate 0.1": {"training": {"learning_rate": 0.1}},
    "rate 0.06": {"training": {"learning_rate": 0.06}},
    "rate 0.03": {"training": {"learning_rate": 0.03}},
    "rate 0.01": {"training": {"learning_rate": 0.01}},
    "rate 0.015": {"training": {"learning_rate": 0.015}},
    "no label smoothing": {"training": {"label_smoothing": 0.0}},
    "as before below 1,000 rows": {
        "model": {"hidden": (256, 256)},
        "training": {"batch_size": 64, "patience": 40},
    },
    "as before from 1,000 rows on": {
        "model": {"hidden": (256, 256, 256)},
        "training": {"patience": 40},
    },
    "batch 64": {"training": {"batch_size": 64}},
    "batch 128": {"training": {"batch_size": 128}},
    "patience 40": {"training": {"patience": 40}},
    "three layers": {"model": {"hidden": (256, 256, 256)}},
    "label smoothing 0.05": {"training": {"label_smoothing": 0.05}},
    "label smoothing 0.1": {"training": {"label_smoothing": 0.1}},
    "patience 60, 300 epochs": {"training": {"patience": 60, "epochs": 300}},
    "patience 12": {"training": {"patience": 12}},
    "patience 25, 128 epochs": {"training": {"patience": 25, "epochs": 128}},
    "no numeric embedding": {"model": {"numeric_embedding": None}},
    "piecewise-linear embedding": {"model": {"numeric_embedding": "piecewise_linear"}},
    "no weight decay": {"training": {"weight_decay": 0.0}},
    "no front scale": {"model": {"front_scale": False}},
    "plain activation": {"model": {"parametric_activation": False}},
    "no data initialization": {"model": {"data_initialization": False}},
    "two layers": {"model": {"hidden": (256, 256)}},
    "width 128": {"model": {"hidden": (128, 128)}},
    **{
        f"single layer at {rate}": {
            "model": {"hidden": ()},
            "training": {"learning_rate": rate},
        }
        for rate in (0.01, 0.03, 0.1)
    },
}

"""The rows and the space that all searches go through."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer

Rows = tuple[np.ndarray, np.ndarray]


def rows(case: dict) -> tuple[Rows, Rows]:
    """Training and validation rows, standardized by the training rows."""
    x, y = _diamonds(case["data"]) if case["name"] == "diamonds" else _breast_cancer()
    order = np.random.default_rng(0).permutation(len(x))
    x, y = x[order], y[order]
    held = len(x) // 5
    mean, std = x[held:].mean(axis=0), x[held:].std(axis=0)
    x = ((x - mean) / np.where(std > 0, std, 1)).astype("float32")
    return (x[held:], y[held:]), (x[:held], y[:held])


def build(case: dict, hp: Any) -> keras.Model:
    """Depth, width and learning rate, as KerasTuner's guide has them."""
    depth = hp.Int("depth", 1, 4)
    width = hp.Choice("width", [32, 64, 128, 256])
    rate = hp.Float("learning_rate", 1e-4, 1e-2, sampling="log")
    return network(case, depth, width, rate)


def network(case: dict, depth: int, width: int, rate: float) -> keras.Model:
    """The compiled network."""
    layers = [keras.layers.Dense(width, activation="relu") for _ in range(depth)]
    regression = case["loss"] == "mse"
    last = keras.layers.Dense(1, activation="linear" if regression else "sigmoid")
    model = keras.Sequential([keras.Input((case["features"],)), *layers, last])
    metrics = [] if regression else ["accuracy"]
    model.compile(keras.optimizers.Adam(rate), case["loss"], metrics=metrics)
    return model


def _breast_cancer() -> Rows:
    x, y = load_breast_cancer(return_X_y=True)
    return x, y[:, None].astype("float32")


def _diamonds(folder: str) -> Rows:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(Path(folder) / "diamonds.parquet")
    price = np.log(np.asarray(table["price"], "float32"))
    parts = []
    for name in table.column_names:
        values = table[name]
        if name == "price":
            continue
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            parts.append(np.asarray(values, "float32")[:, None])
        else:
            _, codes = np.unique(np.asarray(values, str), return_inverse=True)
            parts.append(np.eye(codes.max() + 1, dtype="float32")[codes])
    price = (price - price.mean()) / price.std()
    return np.concatenate(parts, axis=1), price[:, None]

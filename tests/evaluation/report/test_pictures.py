import xml.etree.ElementTree as ET

import numpy as np
import pytest

from mlpkit.evaluation.figures import confusion_matrix
from mlpkit.evaluation.report.pictures import (
    answer_pictures,
    gallery,
    inline_svg,
    reliabilities,
)

Y = np.array([0, 1, 1])


def picture(prefix="a0", label="Matrix <1>"):
    names = ["<script>alert(1)</script>", "$5 - $9"]
    return inline_svg(confusion_matrix.figure(Y, Y, names), prefix, label)


def test_svg_is_well_formed_and_escaped():
    root = ET.fromstring(picture())
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Matrix <1>"
    assert root.get("viewBox")
    assert root.get("width") is None
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert "$5 - $9" in texts
    assert "<script>alert(1)</script>" in texts
    assert "<script>" not in picture()


def test_ids_do_not_meet_those_of_another_figure():
    def ids(svg):
        return {e.get("id") for e in ET.fromstring(svg).iter() if e.get("id")}

    assert ids(picture("a0"))
    assert not ids(picture("a0")) & ids(picture("a1"))


def test_same_figure_same_text():
    assert picture() == picture()


def test_colours_are_the_pages():
    assert "var(--muted)" in picture()
    assert "var(--c0)" in picture()
    assert "#0072b2" not in picture()


@pytest.mark.parametrize(
    ("task", "captions"),
    [
        ("regression", ["Predicted and true values", "Residuals"]),
        (
            "binary",
            [
                "Confusion matrix",
                "ROC curve of $5 & _more$",
                "Precision and recall of $5 & _more$",
                "Calibration of $5 & _more$",
            ],
        ),
        (
            "multiclass",
            ["Confusion matrix", "ROC curve", "Precision and recall", "Calibration"],
        ),
        ("multilabel", ["ROC curve", "Precision and recall", "Calibration"]),
    ],
)
def test_figures_fit_the_task(report_data, task, captions):
    data = report_data(task)
    pictures = list(answer_pictures(data, data.held_back))
    assert [caption for caption, _ in pictures] == captions
    assert gallery(pictures, "a").count("<figure>") == len(captions)


def test_temperature_is_applied_once(report_data):
    data = report_data("multiclass")
    before, after = reliabilities(data, data.held_back)
    assert before.error == pytest.approx(data.temperature.ece_before)
    assert after.error == pytest.approx(data.temperature.ece_after)

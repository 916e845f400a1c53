import dataclasses
import re

import pytest

from mlpkit.evaluation.report import sections


def text(markup):
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_cards(report_data):
    found = text(sections.cards(report_data("binary")))
    network = report_data("binary").metrics["network"]["test"]["auc"]
    assert f"auc, test {network:.4f} single layer" in found
    assert "rows 1,200 1,000 train · 200 test" in found
    assert "columns 1 1 numeric · 1 left out" in found
    assert "epochs 2 best: 2" in found
    assert "training time 1 min 15 s" in found


def test_the_way_epochs_count_is_told(report_data):
    data = report_data("regression")
    found = text(sections.training(data, drawn=True))
    assert "Epochs count from 1 here" in found
    assert "metrics.json and Keras count from 0: best_epoch is 1." in found
    unknown = dataclasses.replace(data, best_epoch=None)
    assert "count from" not in text(sections.training(unknown, drawn=True))


def test_the_better_model_is_bold(report_data):
    data = dataclasses.replace(
        report_data("regression"),
        metrics={
            "network": {"test": {"rmse": 1.0, "r2": 0.5}},
            "baseline": {"test": {"rmse": 2.0, "r2": 0.75}},
        },
    )
    found = sections.metrics(data)
    assert re.findall(r'class="better">([^<]*)', found) == ["1.000", "0.7500"]
    assert "metric network single layer rmse 1.000 2.000" in text(found)


def test_one_model_needs_no_comparison(report_data):
    data = report_data("regression")
    alone = dataclasses.replace(data, metrics={"network": data.metrics["network"]})
    assert "better" not in sections.metrics(alone)


def test_calibration_says_why_the_temperature_stays(report_data):
    data = report_data("multiclass")
    found = text(sections.calibration(data))
    assert f"Temperature {data.temperature.value:.3f}, found" in found
    kept = dataclasses.replace(data.temperature, value=1.0, note="no gain")
    found = text(sections.calibration(dataclasses.replace(data, temperature=kept)))
    assert (
        "Temperature 1.000, found on validation rows. It stays at 1: no gain." in found
    )


def test_calibration_that_was_not_looked_for_is_said(report_data):
    data = dataclasses.replace(report_data("multiclass"), temperature=None)
    found = text(sections.calibration(data))
    assert "No temperature was looked for" in found
    assert re.search(r"calibration error, test 0\.\d+ –", found)


def test_columns(report_data):
    found = text(sections.columns(report_data("binary")))
    assert "a&lt;b numeric 12 1 (&lt;0.1%)" in found
    assert "id left out numbers the rows 1,200 0" in found


def test_thresholds(report_data):
    data = report_data("binary")
    (threshold,) = data.thresholds.values()
    found = text(sections.thresholds(data))
    assert f"{threshold.value:.4f} f1 {threshold.at_half:.4f}" in found


@pytest.mark.parametrize("drawn", [True, False])
def test_importance(report_data, drawn):
    found = sections.importance(report_data("regression"), drawn=drawn)
    assert ("<svg" in found) == drawn
    assert ("<td>a&lt;b</td>" in found) == (not drawn)
    assert "rise of rmse" in found


def test_what_is_empty_has_no_section(report_data):
    data = dataclasses.replace(
        report_data("regression"),
        metrics={},
        columns=(),
        history={},
        importance=None,
        held_back=None,
        notes=(),
        config="",
    )
    made = [
        sections.metrics(data),
        sections.answers(data, drawn=True),
        sections.importance(data, drawn=True),
        sections.training(data, drawn=True),
        sections.calibration(data),
        sections.thresholds(data),
        sections.columns(data),
        sections.notes(data),
        sections.configuration(data),
        sections.pair(sections.thresholds(data), sections.notes(data)),
    ]
    assert set(made) == {""}
    assert "1,200" in sections.cards(data)

"""Figures as parts of the page, and which of them fit a task."""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from mlpkit.evaluation.figures import (
    calibration_curve,
    confusion_matrix,
    importance_bars,
    learning_curves,
    precision_recall,
    predicted_against_true,
    residuals,
    roc,
)
from mlpkit.evaluation.metrics import LEADING
from mlpkit.evaluation.reliability import Reliability, reliability
from mlpkit.evaluation.report.css import THEMED
from mlpkit.evaluation.report.data import HeldBack, ReportData
from mlpkit.evaluation.report.html import Html, element

_MOST_TARGETS = 4
Picture = tuple[str, Any]


def has_matplotlib() -> bool:
    """Tell whether figures can be drawn."""
    try:
        import matplotlib.figure  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


def gallery(pictures: Iterable[Picture], prefix: str) -> Html:
    """Return captioned figures, side by side where there is room."""
    shown = []
    for i, (caption, figure) in enumerate(pictures):
        svg = inline_svg(figure, f"{prefix}{i}", caption)
        shown.append(element("figure", element("figcaption", caption), svg))
    return element("div", *shown, class_="figures")


def inline_svg(figure: Any, prefix: str, label: str) -> Html:
    """Return a figure as SVG in the page's colours; its ids start with the prefix."""
    import matplotlib as mpl

    file = io.StringIO()
    texts = {"svg.fonttype": "none", "svg.hashsalt": prefix}
    with mpl.rc_context(texts), warnings.catch_warnings():
        # the reader's browser has the glyphs that matplotlib's font lacks
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(\sid="|url\(#|href="#)', rf"\g<1>{prefix}-", text)
    for colour, variable in THEMED.items():
        text = text.replace(colour, variable)
    name = element("i", aria_label=label).split(" ", 1)[1].split(">")[0]
    opening = re.sub(r'\s(width|height)="[^"]*"', "", text[: text.index(">")])
    return Html(f'{opening} role="img" {name}{text[text.index(">") :]}')


def answer_pictures(data: ReportData, held: HeldBack) -> Iterator[Picture]:
    """Yield the figures that show the task's answers for the held-back rows."""
    weight = held.sample_weight
    if data.task == "regression":
        for i, name in enumerate(data.target[:_MOST_TARGETS]):
            pair = (held.y[:, i], held.scores[:, i], name)
            of = f" of {name}" if len(data.target) > 1 else ""
            yield f"Predicted and true values{of}", predicted_against_true.figure(*pair)
            yield f"Residuals{of}", residuals.figure(*pair, sample_weight=weight)
        return
    if data.task != "multilabel":
        chosen = held.scores.argmax(axis=1) if held.chosen is None else held.chosen
        yield (
            "Confusion matrix",
            confusion_matrix.figure(held.y, chosen, data.classes, sample_weight=weight),
        )
    event = f" of {data.classes[1]}" if data.task.startswith("binary") else ""
    given = (data.task, held.y, held.scores, data.names)
    if _varies(data, held):
        yield f"ROC curve{event}", roc.figure(*given, sample_weight=weight)
        figure = precision_recall.figure(*given, sample_weight=weight)
        yield f"Precision and recall{event}", figure
    curves = reliabilities(data, held)
    yield f"Calibration{event}", calibration_curve.figure(*curves)


def all_pictures(data: ReportData) -> Iterator[Picture]:
    """Yield every figure that the data gives, with its caption."""
    if data.history.get("loss"):
        yield "Learning curves", learning_curves.figure(data.history, data.best_epoch)
    if data.held_back is not None:
        yield from answer_pictures(data, data.held_back)
    if data.importance is not None and data.importance.num_rows:
        metric = data.importance_metric or LEADING[data.task]
        yield "Permutation importance", importance_bars.figure(data.importance, metric)


def reliabilities(data: ReportData, held: HeldBack) -> list[Reliability]:
    """Of the held-back rows as they are and, if there is one, at the temperature."""
    found, scores = data.temperature, [held.scores]
    if found is not None and found.value != 1 and not found.from_logits:
        scores.append(found.apply(held.scores))
    weight = held.sample_weight
    return [reliability(data.task, held.y, s, sample_weight=weight) for s in scores]


def _varies(data: ReportData, held: HeldBack) -> bool:
    """Whether some class or label is there in some rows only."""
    if data.task == "multilabel":
        means = held.y.mean(axis=0)
        return bool(((means > 0) & (means < 1)).any())
    return bool((held.y != held.y[0]).any())

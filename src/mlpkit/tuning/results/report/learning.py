"""Learning curves of all trials in one picture."""

import math

from mlpkit.evaluation.report.html import Html, element
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.report.axis import Axis, axis_over
from mlpkit.tuning.results.report.search_data import SearchData
from mlpkit.tuning.results.report.svg import Frame, path

_MOST_POINTS = 200


def curve_name(data: SearchData) -> str | None:
    """Return which curve is shown: the objective's, else the validation loss."""
    names = dict.fromkeys(name for record in data.trials for name in record.curves)
    for name in (data.main.name, "val_loss", "loss", *names):
        if name in names:
            return name
    return None


def learning_curves(data: SearchData, name: str, most: int) -> Html:
    """Return the picture of one curve of each trial, the best ones on top.

    Args:
        data: Of the search.
        name: Key of ``TrialRecord.curves``.
        most: Trials that are drawn, the best ones.
    """
    drawn = range(min(most, len(data.trials)))
    epochs = max((len(_curve(data.trials[i], name)) for i in drawn), default=0)
    values = [
        value
        for i in drawn
        for _, value in _curve(data.trials[i], name)
        if math.isfinite(value)
    ]
    sign = data.main.sign if name == data.main.name else 1
    y = axis_over(values, sign=sign)
    frame = Frame(Axis(1.0, float(max(2, epochs))), y, "epoch", name)
    parts = []
    for i in reversed(drawn):
        record = data.trials[i]
        points = [
            frame.place(epoch, value) if math.isfinite(value) else None
            for epoch, value in _thinned(_curve(record, name))
        ]
        if any(points):
            lines = [path(points), path(points, class_="reach")]
            tip = element("title", data.told(record))
            parts.append(element("g", tip, *lines, **data.looks(i)))
    return element("div", frame.drawn(f"Curves of {name}", parts), class_="chart")


def _curve(record: TrialRecord, name: str) -> list[tuple[int, float]]:
    return [(i, float(v)) for i, v in enumerate(record.curves.get(name, ()), start=1)]


def _thinned(curve: list[tuple[int, float]]) -> list[tuple[int, float]]:
    step = -(-len(curve) // _MOST_POINTS) or 1
    return curve[::step] if step == 1 else [*curve[:-1:step], curve[-1]]

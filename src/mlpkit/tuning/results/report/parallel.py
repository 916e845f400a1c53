"""Parallel coordinates: a line per trial through its hyperparameters to its score."""

from collections.abc import Sequence

from mlpkit.evaluation.figures.style import shown
from mlpkit.evaluation.report.html import Html, element
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import Objective, reached
from mlpkit.tuning.results.parameter import Parameter, label
from mlpkit.tuning.results.report.axis import Axis, axis_over
from mlpkit.tuning.results.report.search_data import SearchData
from mlpkit.tuning.results.report.svg import line, path, picture, words

_WIDTH, _NEAREST = 1000, 110  # of the picture, and of its axes
_TOP, _LOW, _ABSENT, _HEIGHT = 34, 300, 330, 344
_MOST_TICKS = 10


def parallel_coordinates(data: SearchData, most: int) -> Html:
    """Return the picture, with the best trials on top of the others.

    Args:
        data: Of the search.
        most: Trials that are drawn, the best ones.
    """
    parameters, objectives = data.parameters, data.objectives
    count = len(parameters) + len(objectives)
    step = max(_NEAREST, _WIDTH / count)
    xs = [step * (i + 0.5) for i in range(count)]
    # on top of the lines, to be read
    above = [_parameter_axis(x, p) for x, p in zip(xs, parameters, strict=False)]
    axes = [_axis(data, i) for i in range(len(objectives))]
    for x, objective, axis in zip(xs[len(parameters) :], objectives, axes, strict=True):
        above.append(_objective_axis(x, objective, axis))
    parts = []
    gaps = False
    for i in reversed(range(min(most, len(data.trials)))):
        record = data.trials[i]
        ys = [_height(p, record) for p in parameters]
        for objective, axis, value in zip(
            objectives, axes, reached(record, objectives), strict=True
        ):
            ys.append(None if value is None else _upwards(objective, axis, value))
        gaps |= None in ys
        places = [(x, _ABSENT if y is None else y) for x, y in zip(xs, ys, strict=True)]
        lines = [path(places), path(places, class_="reach")]
        tip = element("title", data.told(record))
        parts.append(element("g", tip, *lines, **data.looks(i)))
    if gaps:
        above.append(words(xs[0] - 10, _ABSENT + 4, "none", anchor="end"))
    name = "Parallel coordinates of the trials"
    drawn = picture(round(step * count), _HEIGHT, name, *parts, *above)
    return element("div", drawn, class_="chart wide scroll")


def _height(parameter: Parameter, record: TrialRecord) -> float | None:
    if parameter.name not in record.values:
        return None
    return _up(parameter.position(record.values[parameter.name]))


def _up(share: float) -> float:
    return _LOW - share * (_LOW - _TOP)


def _upwards(objective: Objective, axis: Axis, value: float) -> float:
    """The better, the higher."""
    share = axis.at(value)
    return _up(1 - share if objective.sign > 0 else share)


def _axis(data: SearchData, i: int) -> Axis:
    values = [reached(record, data.objectives)[i] for record in data.trials]
    known = [value for value in values if value is not None]
    return axis_over(known, sign=data.objectives[i].sign)


def _parameter_axis(x: float, parameter: Parameter) -> Html:
    marks: list[tuple[float, str]]
    if parameter.kind == "choice":
        marks = [(parameter.position(c), label(c)) for c in parameter.choices]
        marks = marks[:: 1 + len(marks) // (2 * _MOST_TICKS)]
    elif parameter.high <= parameter.low:
        marks = [(0.5, label(parameter.low))] * (parameter.high == parameter.low)
    else:
        axis = Axis(parameter.low, parameter.high, log=parameter.kind == "log")
        ticks = axis.ticks()
        if parameter.kind == "int":
            ticks = [tick for tick in ticks if tick == round(tick)]
        marks = [(axis.at(tick), label(tick)) for tick in ticks]
    return _drawn(x, parameter.name, [(_up(share), text) for share, text in marks])


def _objective_axis(x: float, objective: Objective, axis: Axis) -> Html:
    marks = [(_upwards(objective, axis, t), label(t)) for t in axis.ticks()]
    return _drawn(x, objective.name, marks, class_="strong")


def _drawn(
    x: float, name: str, marks: Sequence[tuple[float, str]], class_: str | None = None
) -> Html:
    head = element(
        "text", shown(name, 20), x=f"{x:.1f}", y=16, text_anchor="middle", class_=class_
    )
    parts = [head, line(x, _TOP, x, _LOW, class_="axis")]
    for y, text in marks:
        parts.append(line(x - 3, y, x, y, class_="axis"))
        parts.append(words(x - 6, y + 4, shown(text, 12), anchor="end"))
    return element("g", *parts)

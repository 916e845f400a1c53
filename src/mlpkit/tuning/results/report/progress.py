"""The best score so far, over time."""

from mlpkit.evaluation.report.html import Html, element
from mlpkit.tuning.results.report.axis import Axis, axis_over
from mlpkit.tuning.results.report.search_data import SearchData
from mlpkit.tuning.results.report.svg import Frame, dot, path

_UNITS = ((7200.0, 3600.0, "hours"), (120.0, 60.0, "minutes"), (0.0, 1.0, "seconds"))


def best_so_far(data: SearchData) -> Html:
    """Return the picture: a dot for each trial at its end, a line for the best."""
    sign = data.main.sign
    ends = []
    for i, record in enumerate(data.trials):
        value = data.value(record)
        if value is not None:
            ends.append((record.started + record.seconds, value, i))
    ends.sort()
    longest = ends[-1][0]
    unit, name = next((u, n) for least, u, n in _UNITS if longest >= least)
    x = Axis(0.0, longest / unit or 1.0)
    y = axis_over((value for _, value, _ in ends), sign=sign)
    frame = Frame(x, y, f"{name} since the search began", data.main.name)
    steps: list[tuple[float, float]] = []
    best = None
    for time, value, _ in ends:
        if best is None or sign * value < sign * best:
            if best is not None:
                steps.append(frame.place(time / unit, best))
            best = value
            steps.append(frame.place(time / unit, best))
    if best is not None:
        steps.append(frame.place(longest / unit, best))
    parts = [path(steps, class_="so-far")]
    for time, value, i in reversed(ends):
        tip = element("title", data.told(data.trials[i]))
        mark = dot(*frame.place(time / unit, value), 3.5)
        parts.append(element("g", tip, mark, **data.looks(i)))
    return element("div", frame.drawn("Best score so far", parts), class_="chart")

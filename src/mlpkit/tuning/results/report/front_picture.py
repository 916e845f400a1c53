"""Two objectives, one against the other."""

from mlpkit.evaluation.report.html import Html, element
from mlpkit.tuning.results.objective import front, reached
from mlpkit.tuning.results.report.axis import axis_over
from mlpkit.tuning.results.report.search_data import SearchData
from mlpkit.tuning.results.report.svg import Frame, dot


def front_picture(data: SearchData) -> Html:
    """Return the picture of the first two objectives, the Pareto front in strong."""
    first, second = data.objectives[:2]
    pairs = [reached(record, data.objectives)[:2] for record in data.trials]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    x = axis_over((a for a, _ in known), sign=first.sign)
    y = axis_over((b for _, b in known), sign=second.sign)
    frame = Frame(x, y, first.name, second.name)
    best = {record.number for record in front(data.trials, data.objectives)}
    parts = []
    for i, (record, (a, b)) in enumerate(zip(data.trials, pairs, strict=True)):
        if a is None or b is None:
            continue
        kept = record.number in best
        looks = data.looks(i)
        looks["class_"] = f"trial {'best' if kept else record.status}"
        tip = element("title", data.told(record))
        parts.append(element("g", tip, dot(*frame.place(a, b), 4), **looks))
    return element("div", frame.drawn("Pareto front", parts[::-1]), class_="chart")

"""The sections of the page."""

from collections import Counter

from mlpkit.config import spoken
from mlpkit.evaluation.report.html import (
    Html,
    element,
    figure_cards,
    joined,
    number,
    section,
)
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.objective import front, reached
from mlpkit.tuning.results.parameter import label, plain
from mlpkit.tuning.results.report.bars import importance_bars
from mlpkit.tuning.results.report.front_picture import front_picture
from mlpkit.tuning.results.report.learning import curve_name, learning_curves
from mlpkit.tuning.results.report.parallel import parallel_coordinates
from mlpkit.tuning.results.report.progress import best_so_far
from mlpkit.tuning.results.report.search_data import SearchData

_MOST_LINES = 300
_MOST_ROWS = 1000


def heading(data: SearchData) -> Html:
    """Title, and what was searched for."""
    goals = ", ".join(f"{o.name} ({o.direction})" for o in data.objectives)
    return joined(
        [
            element("h1", data.title),
            element("p", f"hyperparameter search · objective: {goals}", class_="sub"),
        ]
    )


def cards(data: SearchData) -> Html:
    """The few numbers to see first."""
    trials = data.trials
    counts = Counter(record.status for record in trials)
    told = " · ".join(f"{n} {status}" for status, n in counts.items())
    shown = [("trials", str(len(trials)), told)]
    if data.scored:
        best = trials[0]
        value = data.value(best)
        name = f"best {data.main.name}"
        of = f"trial {best.number}"
        shown.insert(0, (name, number(value) if value is not None else "", of))
    end = max((r.started + r.seconds for r in trials), default=0.0)
    trained = sum(record.seconds for record in trials)
    shown.append(("time", spoken(end), f"{spoken(trained)} in trials"))
    epochs = sum(record.epochs for record in trials)
    longest = max((record.epochs for record in trials), default=0)
    full = longest * len(trials)
    saved = f"{1 - epochs / full:.0%} fewer than in full" if full > epochs else ""
    shown.append(("epochs", f"{epochs:,}", saved))
    return figure_cards(shown)


def coordinates(data: SearchData) -> Html:
    """Parallel coordinates."""
    if not data.trials or not data.parameters:
        return Html()
    count = _at_most(len(data.trials), _MOST_LINES)
    note = (
        "A line is a trial; point at it to find it everywhere on the page. The score "
        "is on the right, the better the higher; scores far off lie at its end."
    )
    shown = parallel_coordinates(data, _MOST_LINES)
    return section("Hyperparameters and score", shown, note=note + count)


def importance(data: SearchData) -> Html:
    """What each hyperparameter is worth."""
    found = data.importance
    if not found.shares:
        return Html()
    trust = max(0.0, found.explained)
    note = (
        f"Share of the variance of {data.main.name} over the space: dark by itself, "
        f"light together with others. From {found.trials} trials; the model behind it "
        f"explains {trust:.0%} of trials that it has not seen"
    )
    note += ": do not rely on it." if trust < 0.3 else "."
    return section("Importance", importance_bars(found), note=note)


def progress(data: SearchData) -> Html:
    """The best score over time."""
    if all(data.value(record) is None for record in data.trials):
        return Html()
    note = "A dot is a trial at its end."
    return section("Best so far", best_so_far(data), note=note)


def curves(data: SearchData) -> Html:
    """Learning curves."""
    name = curve_name(data)
    if name is None:
        return Html()
    count = _at_most(len(data.trials), _MOST_LINES)
    note = "The best trial stands out; those stopped early are dashed." + count
    return section(
        "Learning curves", learning_curves(data, name, _MOST_LINES), note=note
    )


def pareto(data: SearchData) -> Html:
    """The front of two objectives."""
    if len(data.objectives) < 2 or not data.scored:
        return Html()
    note = "No trial beats those of the front, which stand out, in every objective."
    return section("Pareto front", front_picture(data), note=note)


def trials(data: SearchData) -> Html:
    """All trials, to be sorted by a click."""
    if not data.trials:
        return Html()
    names = [parameter.name for parameter in data.parameters]
    goals = [o.name for o in data.objectives]
    several = len(goals) > 1
    best_in = {id(r) for r in front(data.trials, data.objectives)} if several else set()
    head = ["trial", "status", *(["front"] if several else []), *goals, *names]
    texts = [element("th", name, scope="col") for name in [*head, "epochs", "seconds"]]
    rows = []
    for i, record in enumerate(data.trials[:_MOST_ROWS]):
        best = " best" if i == 0 and data.scored else ""
        cells = _cells(data, record, names)
        if several:
            cells.insert(2, element("td", "yes" if id(record) in best_in else ""))
        looks = {"class_": f"row{best}", "data_trial": record.number}
        rows.append(element("tr", *cells, **looks))
    body = element("tbody", *rows)
    shown = element(
        "table", element("thead", element("tr", *texts)), body, class_="trials"
    )
    note = "A click on a head sorts." + _at_most(len(data.trials), _MOST_ROWS)
    return section("Trials", element("div", shown, class_="scroll"), note=note)


def _cells(data: SearchData, record: TrialRecord, names: list[str]) -> list[Html]:
    values = reached(record, data.objectives)
    tried = [_tried(record, name) for name in names]
    return [
        _cell(record.number, str(record.number)),
        element("td", record.status),
        *(_cell(v, "–" if v is None else number(v)) for v in values),
        *tried,
        _cell(record.epochs, str(record.epochs)),
        _cell(record.seconds, f"{record.seconds:.1f}"),
    ]


def _tried(record: TrialRecord, name: str) -> Html:
    if name not in record.values:
        return _cell(None, "–")
    value = plain(record.values[name])
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _cell(value, label(value)) if is_number else element("td", label(value))


def _cell(value: float | None, text: str) -> Html:
    """A number, by whose value, not text, the column is sorted; none come last."""
    kept = "" if value is None else value
    return element("td", text, class_="number", data_value=kept)


def failures(data: SearchData) -> Html:
    """Trials without a score, and why."""
    found = [r for r in data.trials if r.status in {"failed", "invalid"}]
    if not found:
        return Html()
    shown = []
    for record in sorted(found, key=lambda record: record.number):
        line = f"trial {record.number}, {record.status}: {record.message}"
        values = ", ".join(f"{n} = {label(v)}" for n, v in record.values.items())
        parts = [element("summary", line), element("p", values, class_="note")]
        if record.traceback:
            parts.append(element("pre", record.traceback.strip()))
        shown.append(element("details", *parts))
    return section("Without a score", *shown, note=f"{len(found)} trials.")


def _at_most(count: int, most: int) -> str:
    return f" The best {most} of {count} are shown." if count > most else ""

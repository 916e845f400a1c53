"""The sections of the page, each from the data alone."""

from collections.abc import Mapping

from mlpkit.config import TaskName, spoken
from mlpkit.evaluation.figures import importance_bars, learning_curves
from mlpkit.evaluation.metrics import LEADING, higher_is_better
from mlpkit.evaluation.report.data import ReportData
from mlpkit.evaluation.report.html import (
    Html,
    element,
    figure_cards,
    joined,
    number,
    section,
    table,
)
from mlpkit.evaluation.report.pictures import answer_pictures, gallery, reliabilities

_TASKS: dict[TaskName, str] = {
    "regression": "regression",
    "binary": "binary classification",
    "binary_softmax": "binary classification, two outputs",
    "multiclass": "classification",
    "multilabel": "multi-label classification",
}
_MODELS = {"baseline": "single layer"}
_BEST = (
    "The weights of the best epoch are kept. Epochs count from 1 here and in the "
    "progress; metrics.json and Keras count from 0: best_epoch is {}."
)
_MOST_IN_TABLE = 30
_UNORDERED = ("coverage_", "width_")  # neither more nor less is better


def heading(data: ReportData) -> Html:
    """Title, what is predicted, when."""
    targets = ", ".join(data.target[:6]) + (", …" if len(data.target) > 6 else "")
    count = f" into {len(data.classes)} classes" if data.task == "multiclass" else ""
    line = f"{_TASKS[data.task]}{count} · target: {targets}"
    when = f" · {data.created}" if data.created else ""
    return joined([element("h1", data.title), element("p", line + when, class_="sub")])


def pair(*parts: Html) -> Html:
    """Two sections side by side where there is room."""
    return element("div", *parts, class_="pair") if any(parts) else Html()


def cards(data: ReportData) -> Html:
    """The few numbers to see first."""
    shown = []
    part = _last_part(data)
    network = data.metrics.get("network", {}).get(part, {})
    if network:
        leading = LEADING[data.task]
        metric = leading if leading in network else next(iter(network))
        other = data.metrics.get("baseline", {}).get(part, {}).get(metric)
        more = "" if other is None else f"single layer {number(other)}"
        shown.append((f"{metric}, {part}", number(network[metric]), more))
    parts = " · ".join(f"{count:,} {name}" for name, count in data.rows.items())
    shown.append(("rows", f"{sum(data.rows.values()):,}", parts))
    if data.columns:
        kinds = [c.kind for c in data.columns]
        used = [kind for kind in kinds if kind != "ignore"]
        told = [f"{used.count(kind)} {kind}" for kind in dict.fromkeys(used)]
        told += [f"{kinds.count('ignore')} left out"] if "ignore" in kinds else []
        shown.append(("columns", str(len(used)), " · ".join(told)))
    epochs = len(data.history.get("loss", ()))
    if epochs:
        best = "" if data.best_epoch is None else f"best: {data.best_epoch + 1}"
        shown.append(("epochs", str(epochs), best))
    if data.seconds is not None:
        shown.append(("training time", spoken(data.seconds), ""))
    return figure_cards(shown)


def _last_part(data: ReportData) -> str:
    parts = list(data.metrics.get("network", {}))
    return "test" if "test" in parts else (parts[-1] if parts else "")


def metrics(data: ReportData) -> Html:
    """Every metric of every part, the models side by side."""
    models = [name for name, by_part in data.metrics.items() if by_part]
    parts = list(dict.fromkeys(p for m in models for p in data.metrics[m]))
    if not parts:
        return Html()
    names = list(
        dict.fromkeys(k for m in models for p in data.metrics[m].values() for k in p)
    )
    rows = []
    for name in names:
        row: list[object] = [name]
        for part in parts:
            values = {m: data.metrics[m].get(part, {}).get(name) for m in models}
            row += _cells(values, name)
        rows.append(row)
    shown = table(
        ["metric", *(_MODELS.get(m, m) for _ in parts for m in models)],
        rows,
        above=[("", 1), *((part, len(models)) for part in parts)],
    )
    note = (
        "A network is worth its cost where it beats a single layer; the better number "
        "is bold."
    )
    return section("Metrics", shown, note=note if len(models) > 1 else "")


def _cells(values: Mapping[str, float | None], metric: str) -> list[object]:
    known = [value for value in values.values() if value is not None]
    best = None
    if len(set(known)) > 1 and not metric.startswith(_UNORDERED):
        best = max(known) if higher_is_better(metric) else min(known)
    return [
        ""
        if value is None
        else element("span", number(value), class_="better" if value == best else None)
        for value in values.values()
    ]


def training(data: ReportData, *, drawn: bool) -> Html:
    """Learning curves."""
    if not drawn or not data.history.get("loss"):
        return Html()
    figure = learning_curves.figure(data.history, data.best_epoch)
    note = "" if data.best_epoch is None else _BEST.format(data.best_epoch)
    return section("Learning curves", gallery([("Loss", figure)], "l"), note=note)


def answers(data: ReportData, *, drawn: bool) -> Html:
    """The figures of the task."""
    held = data.held_back
    if held is None or not drawn:
        return Html()
    note = f"From the {len(held.y):,} {held.part} rows, which were not trained on."
    return section("Answers", gallery(answer_pictures(data, held), "a"), note=note)


def calibration(data: ReportData) -> Html:
    """Whether probabilities can be believed, before and after."""
    found, held = data.temperature, data.held_back
    if data.task == "regression" or (found is None and held is None):
        return Html()
    rows: list[tuple[str, ...]] = []
    note = "Of all cases given a probability of 0.8, do 80 % happen?"
    if found is not None:
        kept = f" It stays at 1: {found.note}." if found.note else ""
        value = number(found.value)
        note += f" Temperature {value}, found on validation rows.{kept}"
        pairs = (
            ("calibration error", found.ece_before, found.ece_after),
            ("log-loss", found.log_loss_before, found.log_loss_after),
        )
        rows += [(f"{name}, validation", *map(number, pair)) for name, *pair in pairs]
    else:
        note += " No temperature was looked for: decision.calibrate says when one is."
    if held is not None:
        errors = [number(curve.error) for curve in reliabilities(data, held)]
        same = errors[0] if found is not None and found.value == 1 else "–"
        after = errors[1] if len(errors) > 1 else same
        rows.append((f"calibration error, {held.part}", errors[0], after))
    return section(
        "Calibration", table(["", "as trained", "calibrated"], rows), note=note
    )


def thresholds(data: ReportData) -> Html:
    """Decision thresholds, and what they bring over 0.5."""
    if not data.thresholds:
        return Html()
    rows = [
        (name, number(t.value), t.by, number(t.at_half), number(t.reached))
        for name, t in data.thresholds.items()
    ]
    head = ["yes to", "above", "chosen by", "at 0.5", "at the threshold"]
    note = "Chosen on validation rows, where the gain is at its best."
    return section("Decision thresholds", table(head, rows), note=note)


def importance(data: ReportData, *, drawn: bool) -> Html:
    """What each column is worth to the network."""
    found = data.importance
    if found is None or found.num_rows == 0:
        return Html()
    metric = data.importance_metric or LEADING[data.task]
    note = (
        f"How much {metric} gets worse when the values of a column are shuffled; the "
        "spread is that of the shuffles. Columns that tell the same hide each other."
    )
    change = "drop" if higher_is_better(metric) else "rise"
    if drawn:
        figure = importance_bars.figure(found, metric)
        shown = gallery([("Permutation importance", figure)], "i")
    else:
        rows = found.slice(0, _MOST_IN_TABLE).to_pylist()
        cells = ((r["column"], number(r["importance"]), number(r["std"])) for r in rows)
        shown = table(["column", f"{change} of {metric}", "spread"], cells)
    return section("Importance of the columns", shown, note=note)


def columns(data: ReportData) -> Html:
    """What the table's columns were taken for."""
    if not data.columns:
        return Html()
    total = sum(data.rows.values())
    told = any(column.note for column in data.columns)
    rows = []
    for column in data.columns:
        share = _percent(column.missing, total)
        kind = "left out" if column.kind == "ignore" else column.kind
        note = [column.note.removeprefix("left out: ")] if told else []
        counts = (f"{column.values:,}", f"{column.missing:,}{share}")
        rows.append((column.name, kind, *note, *counts))
    texts = ["column", "kind", *(["note"] if told else [])]
    head = [*texts, "distinct", "missing"]
    return section("Columns", table(head, rows, text=len(texts)))


def _percent(count: int, total: int) -> str:
    if not (count and total):
        return ""
    return " (<0.1%)" if count < 0.001 * total else f" ({count / total:.1%})"


def notes(data: ReportData) -> Html:
    """What the reader should know."""
    if not data.notes:
        return Html()
    return section("Notes", element("ul", *(element("li", n) for n in data.notes)))


def configuration(data: ReportData) -> Html:
    """The job, to be run again."""
    if not data.config:
        return Html()
    return section("Configuration", element("pre", data.config.strip()))

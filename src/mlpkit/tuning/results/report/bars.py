"""Importance of the hyperparameters as bars."""

from mlpkit.evaluation.figures.style import shown
from mlpkit.evaluation.report.html import Html, element
from mlpkit.tuning.results.importance import Importance
from mlpkit.tuning.results.report.svg import picture, words

_ROW, _LEFT, _LONG, _WIDTH = 26, 170, 310, 560


def importance_bars(found: Importance) -> Html:
    """Return a bar per hyperparameter: its share, dark what it explains alone."""
    parts: list[Html] = []
    for i, share in enumerate(found.shares):
        y = 4 + i * _ROW
        for kind, value in (("total", share.total), ("alone", share.alone)):
            width = f"{max(0.0, value) * _LONG:.1f}"
            bar = element("rect", x=_LEFT, y=y, width=width, height=16, class_=kind)
            parts.append(bar)
        name = words(_LEFT - 8, y + 12, shown(share.name, 26), anchor="end")
        end = _LEFT + share.total * _LONG + 8
        parts += [name, words(end, y + 12, f"{share.total:.0%}", anchor="start")]
    height = 8 + len(found.shares) * _ROW
    drawn = picture(_WIDTH, height, "Importance of the hyperparameters", *parts)
    return element("div", drawn, class_="chart")

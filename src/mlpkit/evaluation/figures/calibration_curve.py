"""Reliability diagram: observed against foretold frequency."""

from typing import Any

import numpy as np

from mlpkit.evaluation.figures.style import MUTED, SERIES, add_legend, new_figure
from mlpkit.evaluation.reliability import Reliability


def figure(before: Reliability, after: Reliability | None = None) -> Any:
    """Draw frequencies over probabilities; on the diagonal they are honest.

    Larger points stand for more rows; the bars below tell their share.

    Args:
        before: From `reliability`.
        after: The same with a temperature applied, if any.

    Returns:
        A ``matplotlib.figure.Figure``.

    Raises:
        UsageError: matplotlib is not installed.
    """
    drawn, (axes, bars) = new_figure(height=3.9, height_ratios=(4, 1))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    named = [("as trained", before, SERIES[1], "s")]
    named += [("calibrated", after, SERIES[0], "o")] if after is not None else []
    for i, (name, found, color, marker) in enumerate(named):
        filled = found.share > 0
        axes.plot(
            found.confidence[filled],
            found.frequency[filled],
            color=color,
            linewidth=1.4,
            alpha=0.6,
        )
        axes.scatter(
            found.confidence[filled],
            found.frequency[filled],
            s=10 + 120 * np.sqrt(found.share[filled]),
            color=color,
            marker=marker,
            linewidth=0,
            label=f"{name}, error {found.error:.3f}",
        )
        width = np.diff(found.edges) / len(named) * 0.9
        left = found.edges[:-1] + 0.05 / len(found.share) + i * width
        bars.bar(left, found.share, width, align="edge", color=color)
    axes.set(ylim=(-0.03, 1.05), ylabel="observed share")
    bars.set(xlim=(-0.01, 1.01), xlabel="foretold probability", ylabel="share")
    add_legend(drawn, loc="outside lower center", ncols=2)
    return drawn

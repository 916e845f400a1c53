"""The comparison as a picture: rank against seconds, and the errors table by table."""

from pathlib import Path

from contest.report import SHIFT, pair, values


def draw(lines: list[dict], rows: list[dict], reference: str, path: Path) -> None:
    """Write a PNG or SVG."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter

    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 0.4 * len(rows) + 2.5))
    for i, row in enumerate(rows):
        ours = row["method"].startswith("mlpkit")
        color = "tab:red" if ours else "tab:blue"
        place = row["fit_seconds_per_1000"], row["rank"]
        left.plot(*place, "o", color=color)
        left.annotate(
            row["method"],
            place,
            xytext=(5, (4, -10)[i % 2]),
            textcoords="offset points",
            fontsize=8,
        )
    left.set(
        xscale="log",
        xlabel="seconds to fit 1,000 rows (median)",
        ylabel="mean rank of the error (1 is best)",
    )
    left.invert_yaxis()
    left.margins(x=0.2)
    errors = values(lines, "error")
    for i, row in enumerate(rows):
        own, base = pair(errors[row["method"]], errors.get(reference, {}))
        ratios = [(own[t] + SHIFT) / (base[t] + SHIFT) for t in own]
        right.plot(ratios, [i] * len(ratios), "|", color="grey")
        right.plot(row["relative_error"], i, "D", color="tab:red")
    right.axvline(1, color="black", linewidth=0.8)
    right.set(
        xscale="log", xlabel=f"error by {reference}'s: a line per table, mean in red"
    )
    right.xaxis.set_minor_formatter(NullFormatter())
    shown = (0.25, 0.5, 0.7, 0.85, 1, 1.2, 1.5, 2, 4)
    low, high = right.get_xlim()
    shown = [x for x in shown if low <= x <= high]
    right.set_xticks(shown, [f"{x:g}" for x in shown])
    right.set_yticks(range(len(rows)), [row["method"] for row in rows])
    right.invert_yaxis()
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)

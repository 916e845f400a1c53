"""The ensemble of the best trials."""

from mlpkit.evaluation.report.html import Html, element, number, section
from mlpkit.tuning.results.mixture import Mixture


def mixture_table(mixture: Mixture | None) -> Html:
    """Which trials with which weights, and what their mean is worth."""
    if mixture is None:
        return Html()
    head = [
        element("th", name, scope="col") for name in ("trial", "weight", "loss alone")
    ]
    rows = [
        element(
            "tr",
            element("td", str(member.number), class_="number"),
            element("td", f"{member.weight:.3f}", class_="number"),
            element("td", number(member.loss), class_="number"),
            class_="row",
            data_trial=member.number,
        )
        for member in mixture.members
    ]
    ends = (("mean of these", mixture.loss), ("best trial alone", mixture.single))
    rows += [
        element(
            "tr",
            element("td", name),
            element("td", ""),
            element("td", number(value), class_="number"),
        )
        for name, value in ends
    ]
    table = element(
        "table", element("thead", element("tr", *head)), element("tbody", *rows)
    )
    note = (
        f"Weighted mean of {len(mixture.members)} of the {mixture.considered} best "
        f"trials, saved as the run {mixture.run}. The weights were chosen on the "
        "validation rows, so its loss there is somewhat too good."
    )
    return section("Ensemble", table, note=note)

"""The report of a search: a single HTML file, to be read without a network."""

from collections.abc import Iterable, Sequence

from mlpkit.evaluation.report.html import Html, element, page
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.mixture import Mixture
from mlpkit.tuning.results.objective import Objective
from mlpkit.tuning.results.parameter import Parameter
from mlpkit.tuning.results.report import sections
from mlpkit.tuning.results.report.mixture_table import mixture_table
from mlpkit.tuning.results.report.search_data import look_through
from mlpkit.tuning.results.report.style import CSS, SCRIPT


def render_report(
    records: Sequence[TrialRecord],
    parameters: Iterable[Parameter],
    objectives: Sequence[Objective],
    *,
    title: str,
    mixture: Mixture | None = None,
) -> str:
    """Return the report as one HTML document; the same trials give the same text.

    Its pictures are drawn by the page itself: nothing is loaded, matplotlib is not
    needed. A few lines of script mark a trial everywhere and sort the table.

    Args:
        records: Trials, of any status; there may be none.
        parameters: Of the space.
        objectives: One or more.
        title: Of the page.
        mixture: Ensemble of the best trials, if one was made.

    Raises:
        UsageError: No objective.

    >>> text = render_report([], [], [Objective("val_loss")], title="birds")
    >>> "<h1>birds</h1>" in text
    True
    """
    data = look_through(records, parameters, objectives, title=title)
    pair = [sections.importance(data), sections.progress(data)]
    second = [sections.curves(data), sections.pareto(data)]
    return page(
        title,
        element("style", Html(CSS)),
        sections.heading(data),
        sections.cards(data),
        sections.coordinates(data),
        _pair(pair),
        _pair(second),
        mixture_table(mixture),
        sections.trials(data),
        sections.failures(data),
        element("script", Html(SCRIPT)),
    )


def _pair(parts: Sequence[Html]) -> Html:
    return element("div", *parts, class_="pair") if any(parts) else Html()

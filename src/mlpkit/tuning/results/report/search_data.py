"""What the report of a search is made from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlpkit.config import spoken
from mlpkit.evaluation.report.html import number
from mlpkit.tuning.records import TrialRecord
from mlpkit.tuning.results.importance import Importance, hyperparameter_importance
from mlpkit.tuning.results.objective import Objective, ranked, reached
from mlpkit.tuning.results.parameter import Parameter, covering, label

_GOOD = 0.1  # share of the trials that are shown more strongly


@dataclass(frozen=True)
class SearchData:
    """A search, looked through once for all parts of the page.

    Attributes:
        title: Of the page.
        trials: The best first.
        parameters: Of the space, and what else the trials tried.
        objectives: One or more.
        importance: Of the hyperparameters for the first objective.
        scored: How many of ``trials``, from the first, have a score.
    """

    title: str
    trials: Sequence[TrialRecord]
    parameters: Sequence[Parameter]
    objectives: Sequence[Objective]
    importance: Importance
    scored: int

    @property
    def main(self) -> Objective:
        """The objective by which trials are drawn."""
        return self.objectives[0]

    def value(self, record: TrialRecord) -> float | None:
        """Return what a trial reached in the first objective."""
        return reached(record, self.objectives)[0]

    def looks(self, place: int) -> dict[str, object]:
        """Return the attributes of whatever stands for a trial, by its place."""
        record = self.trials[place]
        kinds = ["trial", record.status]
        if place < self.scored:
            kinds += ["best"] if place == 0 else []
            kinds += ["good"] if 0 < place < 1 + _GOOD * self.scored else []
        return {"class_": " ".join(kinds), "data_trial": record.number}

    def told(self, record: TrialRecord) -> str:
        """Return a trial in a few words, which a browser shows on top of it."""
        values = reached(record, self.objectives)
        pairs = zip(self.objectives, values, strict=True)
        parts = [f"{o.name} {number(v)}" for o, v in pairs if v is not None]
        parts += [f"{name} {label(value)}" for name, value in record.values.items()]
        time = f"{record.epochs} epochs, {spoken(record.seconds)}"
        return "\n".join([f"trial {record.number}, {record.status}", *parts, time])


def look_through(
    records: Sequence[TrialRecord],
    parameters: Iterable[Parameter],
    objectives: Sequence[Objective],
    *,
    title: str,
) -> SearchData:
    """Return the data of a search's report."""
    known = covering(parameters, records)
    trials = ranked(records, objectives)
    found = hyperparameter_importance(records, known, objectives[0])
    scored = sum(None not in reached(record, objectives) for record in trials)
    return SearchData(title, trials, known, objectives, found, scored)

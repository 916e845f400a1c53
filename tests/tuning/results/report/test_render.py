import re
from html.parser import HTMLParser

import pytest

from mlpkit.tuning.results import Objective, render_report

VOID = {"meta"}


class Page(HTMLParser):
    """Refuses tags that do not match; gathers headings and what would be fetched."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.loads, self.headings = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names)
        self.loads += [v for k, v in attrs if k in {"src", "href", "xlink:href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in {"h1", "h2"}:
            self.headings.append(data)


def test_stands_alone_and_is_well_formed(records, parameters, objective):
    text = render_report(records, parameters, [objective], title="<birds>")
    page = Page(text)
    assert page.loads == []
    assert not {"link", "iframe", "img", "object"} & set(page.tags)
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org/2000/svg)", text)
    assert page.headings == [
        "<birds>",
        "Hyperparameters and score",
        "Importance",
        "Best so far",
        "Learning curves",
        "Trials",
        "Without a score",
    ]
    assert "<b>" not in text  # a choice's name


def test_a_trial_is_the_same_everywhere(records, parameters, objective):
    text = render_report(records, parameters, [objective], title="t")
    best = min((r for r in records if r.score is not None), key=lambda r: r.score)
    # in the coordinates, the progress, the curves and the table
    assert text.count(f'data-trial="{best.number}"') == 4


def test_several_objectives(records, parameters):
    two = [Objective("val_loss"), Objective("val_accuracy", "max")]
    page = Page(render_report(records, parameters, two, title="t"))
    assert "Pareto front" in page.headings


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_few_trials(count, make_search, parameters, objective):
    records = make_search(count)
    page = Page(render_report(records, parameters, [objective], title="t"))
    assert ("Trials" in page.headings) == (count > 0)


def test_only_trials_without_a_score(records, parameters, objective):
    records = [r for r in records if r.status in {"failed", "running", "invalid"}]
    page = Page(render_report(records, parameters, [objective], title="t"))
    assert "Without a score" in page.headings
    assert "Best so far" not in page.headings


def test_same_trials_same_text(records, parameters, objective):
    given = (records, parameters, [objective])
    assert render_report(*given, title="t") == render_report(*given, title="t")

import re
import sys
from html.parser import HTMLParser

import pytest

from mlpkit.errors import OutputError
from mlpkit.evaluation.report import ReportData, render_report, write_report

TASKS = ["regression", "binary", "multiclass", "multilabel"]


class Page(HTMLParser):
    """Tags, texts of headings, and whatever a browser would fetch."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.loads, self.headings = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [
            v for k, v in attrs if k in {"src", "href", "xlink:href"} and v[0] != "#"
        ]

    def handle_data(self, data):
        if self.tags and self.tags[-1] in {"h1", "h2"}:
            self.headings.append(data)
            self.tags.append("")


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.slow
def test_stands_alone_and_runs_nothing(report_data, task):
    text = render_report(report_data(task))
    page = Page(text)
    assert page.loads == []
    assert not {"script", "link", "iframe", "img", "i", "b"} & set(page.tags)
    assert not re.search(r"url\((?!#)|@import", text)
    assert "&lt;b&gt;birds&lt;/b&gt;" in text
    assert "5 rows are &lt;left out&gt;" in text
    ids = re.findall(r'\sid="([^"]*)"', text)
    assert len(set(ids)) == len(ids)


def test_sections_of_a_full_report(report_data):
    assert Page(render_report(report_data("binary"))).headings == [
        "<b>birds</b>",
        "Metrics",
        "Answers",
        "Importance of the columns",
        "Learning curves",
        "Calibration",
        "Decision thresholds",
        "Columns",
        "Notes",
        "Configuration",
    ]


def test_same_data_same_text(report_data):
    assert render_report(report_data("binary")) == render_report(report_data("binary"))


def test_without_matplotlib_there_are_tables(report_data, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    text = render_report(report_data("multiclass"))
    assert "<svg" not in text
    assert "<code>pip install mlpkit[plot]</code>" in text
    for title in ("Metrics", "Importance of the columns", "Calibration", "Columns"):
        assert f"<h2>{title}</h2>" in text


def test_least_data():
    text = render_report(ReportData("t", "regression", ["y"], {"train": 3}, {}))
    assert Page(text).headings == ["t"]


def test_file_is_whole_or_absent(report_data, tmp_path):
    path = write_report(report_data("regression"), tmp_path / "new" / "report.html")
    assert path.read_text(encoding="utf-8") == render_report(report_data("regression"))
    assert [p.name for p in path.parent.iterdir()] == ["report.html"]
    (tmp_path / "taken").mkdir()
    with pytest.raises(OutputError, match="taken: the report must be writable, got:"):
        write_report(report_data("regression"), tmp_path / "taken")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "taken"]

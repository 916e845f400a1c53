"""A report of one run: a single HTML file, to be read without a network."""

import tempfile
from pathlib import Path

from mlpkit.errors import OutputError
from mlpkit.evaluation.report import sections
from mlpkit.evaluation.report.data import ReportData
from mlpkit.evaluation.report.html import element, page
from mlpkit.evaluation.report.pictures import has_matplotlib

_NO_PICTURES = (
    "matplotlib is not installed, so this report has no figures. To get them:"
)


def render_report(data: ReportData) -> str:
    """Return the report as one HTML document; the same data gives the same text.

    Figures are inline SVG in the page's own colours, light and dark; without
    matplotlib there are the tables alone, and a word on how to get the figures.

    Args:
        data: What to tell.

    Raises:
        DataError: Arrays of the held-back rows that do not fit the task.

    >>> data = ReportData("birds", "multiclass", ["species"], {"train": 90}, {})
    >>> "<h1>birds</h1>" in render_report(data)
    True
    """
    drawn = has_matplotlib()
    hint = element("p", _NO_PICTURES, " ", element("code", "pip install mlpkit[plot]"))
    return page(
        data.title,
        sections.heading(data),
        "" if drawn else hint,
        sections.cards(data),
        sections.metrics(data),
        sections.answers(data, drawn=drawn),
        sections.pair(
            sections.importance(data, drawn=drawn), sections.training(data, drawn=drawn)
        ),
        sections.pair(sections.calibration(data), sections.thresholds(data)),
        sections.columns(data),
        sections.notes(data),
        sections.configuration(data),
    )


def write_report(data: ReportData, path: str | Path) -> Path:
    """Write the report, whole or not at all, and return its path.

    Args:
        data: What to tell.
        path: The HTML file; its folder is made.

    Raises:
        DataError: See `render_report`.
        OutputError: The file cannot be written.
    """
    path, text = Path(path), render_report(data)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            dir=path.parent,
            prefix=f".{path.name}-",
            delete=False,
        ) as file:
            temporary = Path(file.name)
            file.write(text)
        temporary.chmod(0o644)  # temporary files are their owner's alone
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        msg = f"{path}: the report must be writable, got: {error.strerror or error}"
        raise OutputError(msg) from None
    return path

"""Pieces of the page. Whatever is not `Html` is escaped."""

import html
import math
from collections.abc import Iterable, Sequence

from mlpkit.evaluation.report.css import CSS


class Html(str):
    """Markup that is put into the page as it is."""

    __slots__ = ()


def escaped(value: object) -> Html:
    """Return a value's text as markup.

    >>> escaped("a < b"), escaped(Html("<b>a</b>"))
    ('a &lt; b', '<b>a</b>')
    """
    return value if isinstance(value, Html) else Html(html.escape(str(value)))


def element(tag: str, *content: object, **attributes: object) -> Html:
    """Return an element; ``class_`` stands for ``class``, None leaves one out.

    >>> element("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{given}>{joined(content)}</{tag}>")


def joined(parts: Iterable[object]) -> Html:
    """Return the parts one after the other."""
    return Html("".join(escaped(part) for part in parts))


def figure_cards(shown: Iterable[tuple[str, str, str]]) -> Html:
    """Return figures side by side, each with its name and what more is to be said."""
    return element("div", *(_card(*card) for card in shown), class_="cards")


def _card(name: str, value: str, more: str) -> Html:
    lines = (("name", name), ("value", value), ("more", more))
    return element(
        "div",
        *(element("div", text, class_=kind) for kind, text in lines if text),
        class_="card",
    )


def number(value: float) -> str:
    """Return four digits, as decimals below 1, or whole thousands.

    >>> number(0.86064753), number(12345.6), number(3.0), number(1.5e-7)
    ('0.8606', '12,346', '3.000', '1.5e-07')
    """
    if not math.isfinite(value):
        return str(value)
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if value == 0 or abs(value) >= 1e-4:
        whole = math.floor(math.log10(abs(value))) + 1 if abs(value) >= 1 else 0
        return f"{value:.{4 - whole}f}"
    return f"{value:.3g}"


def table(
    head: Sequence[object],
    rows: Iterable[Sequence[object]],
    *,
    above: Sequence[tuple[str, int]] = (),
    text: int = 1,
) -> Html:
    """Return a table that scrolls sideways where the page is narrow.

    Args:
        head: Names of the columns.
        rows: Cells.
        above: Names over several columns, each with their number.
        text: Columns from the left that hold text; the others hold numbers.
    """

    def cell(tag: str, i: int, value: object) -> Html:
        return element(tag, value, class_=None if i < text else "number")

    groups = joined(
        element("th", name, colspan=span, scope="colgroup") for name, span in above
    )
    names = joined(cell("th", i, name) for i, name in enumerate(head))
    lines = [element("tr", groups)] if above else []
    body = (
        element("tr", *(cell("td", i, value) for i, value in enumerate(row)))
        for row in rows
    )
    inner = element(
        "table",
        element("thead", *lines, element("tr", names)),
        element("tbody", *body),
    )
    return element("div", inner, class_="scroll")


def section(title: str, *content: object, note: str = "") -> Html:
    """Return a part of the page under a heading, with a word on how to read it."""
    lead = element("p", note, class_="note") if note else ""
    return element("section", element("h2", title), lead, *content)


def page(title: str, *content: object) -> str:
    """Return the whole document, with nothing to be loaded from elsewhere."""
    head = element(
        "head",
        Html('<meta charset="utf-8">'),
        Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        element("title", title),
        element("style", Html(CSS)),
    )
    body = element("body", element("main", *content))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"

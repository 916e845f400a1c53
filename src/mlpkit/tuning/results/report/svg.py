"""Pieces of pictures that are drawn by the page itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mlpkit.evaluation.report.html import Html, element
from mlpkit.tuning.results.parameter import label
from mlpkit.tuning.results.report.axis import Axis

Point = tuple[float, float] | None
LEFT, RIGHT, TOP, BOTTOM = 62, 12, 24, 40


def picture(width: int, height: int, name: str, *content: object) -> Html:
    """Return an SVG; its name is read to those who cannot see it."""
    return element(
        "svg",
        *content,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_label=name,
        xmlns="http://www.w3.org/2000/svg",
    )


def words(x: float, y: float, text: object, *, anchor: str = "middle") -> Html:
    """Return a text at a place."""
    return element("text", text, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: object) -> Html:
    """Return a straight line."""
    places = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    shown = {name: f"{value:.1f}" for name, value in places.items()}
    return element("line", **shown, **attributes)


def path(points: Iterable[Point], **attributes: object) -> Html:
    """Return lines from point to point; None makes a gap."""
    steps, command = [], "M"
    for point in points:
        if point is None:
            command = "M"
            continue
        steps.append(f"{command}{point[0]:.1f} {point[1]:.1f}")
        command = "L"
    return element("path", d="".join(steps), **attributes)


def dot(x: float, y: float, radius: float, **attributes: object) -> Html:
    """Return a filled circle."""
    return element("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=radius, **attributes)


@dataclass(frozen=True)
class Frame:
    """Two axes, and the room between them.

    Attributes:
        x: To the right.
        y: Upwards.
        x_name: What is to the right.
        y_name: What is upwards.
        width: Of the picture.
        height: Of the picture.
    """

    x: Axis
    y: Axis
    x_name: str
    y_name: str
    width: int = 560
    height: int = 300

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a pair of numbers is in the picture."""
        return (
            LEFT + self.x.at(x) * (self.width - LEFT - RIGHT),
            self.height - BOTTOM - self.y.at(y) * (self.height - TOP - BOTTOM),
        )

    def drawn(self, name: str, content: Sequence[object]) -> Html:
        """Return the picture with this content between its axes."""
        bottom, right = self.height - BOTTOM, self.width - RIGHT
        marks = []
        for tick in self.y.ticks():
            _, y = self.place(self.x.low, tick)
            marks.append(line(LEFT, y, right, y, class_="grid"))
            marks.append(words(LEFT - 6, y + 4, label(tick), anchor="end"))
        for tick in self.x.ticks():
            x, _ = self.place(tick, self.y.low)
            marks.append(words(x, bottom + 16, label(tick)))
        marks.append(line(LEFT, bottom, right, bottom, class_="axis"))
        marks.append(words((LEFT + right) / 2, self.height - 6, self.x_name))
        head = words(6, 13, self.y_name, anchor="start")
        return picture(self.width, self.height, name, *marks, *content, head)

import xml.etree.ElementTree as ET

import pytest

from mlpkit.tuning.results.report.axis import Axis
from mlpkit.tuning.results.report.svg import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Frame,
    dot,
    line,
    path,
    picture,
    words,
)


def test_path_has_gaps():
    found = ET.fromstring(path([(0, 1), (2, 3), None, (4, 5), (6, 7.25)], class_="x"))
    assert found.get("d") == "M0.0 1.0L2.0 3.0M4.0 5.0L6.0 7.2"
    assert found.get("class") == "x"


def test_pieces_are_escaped_xml():
    parts = [words(1, 2, "<a>&"), line(0, 0, 1, 1, class_="g"), dot(1, 2, 3)]
    found = ET.fromstring(picture(10, 20, 'a "name"', *parts))
    assert found.get("viewBox") == "0 0 10 20"
    assert found.get("aria-label") == 'a "name"'
    assert found[0].text == "<a>&"


def test_frame_places_its_corners():
    frame = Frame(Axis(0.0, 10.0), Axis(1.0, 3.0), "x", "<y>", width=500, height=200)
    assert frame.place(0, 1) == (LEFT, 200 - BOTTOM)
    assert frame.place(10, 3) == (500 - RIGHT, TOP)
    assert frame.place(5, 99) == pytest.approx(((LEFT + 500 - RIGHT) / 2, TOP))
    texts = [e.text for e in ET.fromstring(frame.drawn("n", [])).iter() if e.text]
    assert texts[-1] == "<y>"
    assert {"0", "2", "10", "1", "3", "x"} <= set(texts)

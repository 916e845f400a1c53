import sys

import numpy as np
import pytest

from mlpkit.errors import UsageError
from mlpkit.evaluation.figures.style import (
    INK,
    MUTED,
    SERIES,
    SURFACE,
    new_figure,
    shown,
    thinned,
)


def luminance(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def test_texts_and_first_colours_stand_out():
    """WCAG 2.2: 4.5 for text, 3 for graphics."""
    assert min(contrast(c, SURFACE) for c in (INK, MUTED)) >= 4.5
    assert min(contrast(c, SURFACE) for c in SERIES[:3]) >= 3
    assert len(set(SERIES)) == len(SERIES)


def test_pyplot_stays_away():
    before = "matplotlib.pyplot" in sys.modules
    new_figure()
    assert ("matplotlib.pyplot" in sys.modules) == before


def test_names_are_no_formulas_and_never_hidden():
    assert shown("$5 - $9") == r"\$5 - \$9"
    assert shown("_other") == " _other"
    assert shown("a\nb") == "a b"
    assert len(shown("x" * 50)) == 28
    assert shown("x" * 50, 5) == "xxxx…"


def test_thinned_curve_keeps_its_ends_and_its_shape():
    x = np.linspace(0, 1, 10_000)
    y = (x > 0.5).astype(float)  # all of the rise within one step
    thin_x, thin_y = thinned(x, y, 50)
    assert len(thin_x) <= 52
    assert (thin_x[0], thin_x[-1]) == (0, 1)
    assert np.abs(np.interp(x, thin_x, thin_y) - y).mean() < 0.02
    assert thinned(x[:10], y[:10])[0] is not None
    assert len(thinned(x[:10], y[:10])[0]) == 10


def test_says_how_to_get_matplotlib(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(UsageError, match=r"pip install mlpkit\[plot\]"):
        new_figure()

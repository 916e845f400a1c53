import re

from mlpkit.evaluation.figures import style
from mlpkit.evaluation.report.css import CSS, THEMED


def test_every_colour_of_the_figures_has_a_dark_one():
    light, dark = re.findall(r":root \{([^}]*)\}", CSS)
    assert len(THEMED) == 4 + len(style.SERIES)
    for colour, variable in THEMED.items():
        name = variable[len("var(") : -1]
        assert f"{name}:{colour};" in light
        assert f"{name}:#" in dark
        assert f"{name}:{colour};" not in dark


def test_nothing_is_loaded_and_all_braces_close():
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert CSS.count("{") == CSS.count("}")
    assert "@media print" in CSS

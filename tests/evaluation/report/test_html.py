from html.parser import HTMLParser

import pytest

from mlpkit.evaluation.report.html import Html, element, number, page, section, table


def test_everything_but_markup_is_escaped():
    found = element("p", "<i>", Html("<b>"), title='"&')
    assert found == '<p title="&quot;&amp;">&lt;i&gt;<b></p>'
    assert "<evil>" not in page("<evil>", section("<evil>", "<evil>", note="<evil>"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.5, "0.5000"),
        (-0.12345, "-0.1235"),
        (12.3456, "12.35"),
        (-999.96, "-1000.0"),
        (1.0, "1.000"),
        (1234567.8, "1,234,568"),
        (0, "0.0000"),
        (2e-5, "2e-05"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
    ],
)
def test_numbers(value, shown):
    assert number(value) == shown


def test_table_tells_text_from_numbers():
    found = table(["name", "x"], [("a", "1")], above=[("", 1), ("test", 1)])
    assert '<td>a</td><td class="number">1</td>' in found
    assert found.count("<tr>") == 3


def test_page_is_well_formed():
    open_tags = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag != "meta":
                open_tags.append(tag)

        def handle_endtag(self, tag):
            assert open_tags.pop() == tag

    Tags().feed(page("t", section("s", table(["a"], [["b"]]))))
    assert open_tags == []

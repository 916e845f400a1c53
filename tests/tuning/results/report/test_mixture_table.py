from mlpkit.tuning.results import Member, Mixture, render_report
from mlpkit.tuning.results.report.mixture_table import mixture_table

MEMBERS = (Member(7, "0006", 0.75, 0.4), Member(2, "0001", 0.25, 0.5))
MIXTURE = Mixture(MEMBERS, 0.375, 0.4, 5, "<birds>_ensemble-1")


def test_members_and_losses(parsed):
    root = parsed(mixture_table(MIXTURE))
    rows = [[cell.text or "" for cell in row] for row in root.find(".//tbody")]
    assert rows == [
        ["7", "0.750", "0.4000"],
        ["2", "0.250", "0.5000"],
        ["mean of these", "", "0.3750"],
        ["best trial alone", "", "0.4000"],
    ]
    marked = [row.get("data-trial") for row in root.find(".//tbody")]
    assert marked == ["7", "2", None, None]


def test_is_in_the_report_if_there_is_one(records, parameters, objective):
    given = (records, parameters, [objective])
    text = render_report(*given, title="t", mixture=MIXTURE)
    assert "the run &lt;birds&gt;_ensemble-1" in text
    assert "Ensemble" not in render_report(*given, title="t")
    assert mixture_table(None) == ""

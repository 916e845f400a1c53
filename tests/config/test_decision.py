import pytest

from mlpkit import load_config
from mlpkit.config import Costs, to_toml
from mlpkit.errors import UsageError

JOB = {"data": {"target": "y"}}


def decision(**values):
    return load_config({**JOB, "decision": values}).decision


@pytest.mark.parametrize("threshold", [0.3, "f1"])
def test_threshold_is_kept(threshold):
    assert decision(threshold=threshold).threshold == threshold


def test_costs_are_one_where_left_out():
    assert decision(threshold={"false_negative": 5}).threshold == Costs(
        false_positive=1, false_negative=5
    )


@pytest.mark.parametrize(
    "threshold",
    [0, 1, -0.1, 1.5, True, "f2", None, [0.5], float("nan"), {"false_alarm": 1},
     {"false_positive": -1}, {"false_positive": 0, "false_negative": 0}],
)  # fmt: skip
def test_what_is_no_threshold_is_one_mistake(threshold):
    with pytest.raises(UsageError) as caught:
        decision(threshold=threshold)
    lines = str(caught.value).splitlines()
    assert lines[0] == "config: 1 mistake(s)"
    assert lines[1].startswith("  decision.threshold: must be a number in (0, 1), 'f1'")
    assert lines[1].endswith(f"got {threshold!r}")


@pytest.mark.parametrize("threshold", ["f1", 0.25, {"false_positive": 3.0}])
def test_reads_back_what_it_wrote(threshold, tmp_path):
    config = load_config({**JOB, "decision": {"threshold": threshold}})
    path = tmp_path / "job.toml"
    path.write_text(to_toml(config, defaults=True))
    assert load_config(path).decision == config.decision


def test_calibrate_is_auto_true_or_false():
    assert [decision(calibrate=c).calibrate for c in ("auto", True, False)] == [
        "auto", True, False,
    ]  # fmt: skip
    with pytest.raises(UsageError, match=r"decision\.calibrate: must be 'auto', True"):
        decision(calibrate="yes")


@pytest.mark.parametrize("levels", [[0.5, 0.1], [0.0, 0.5], [0.5, 1.0], [0.5, 0.5]])
def test_quantiles_must_ascend_within_bounds(levels):
    with pytest.raises(UsageError, match=r"model\.quantiles: must be numbers in \(0"):
        load_config({**JOB, "model": {"quantiles": levels}})

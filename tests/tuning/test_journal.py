from dataclasses import replace

from mlpkit.tuning import journal
from mlpkit.tuning.records import TrialRecord


def test_records_come_back_by_number(tmp_path):
    first = TrialRecord("00", 1, "completed", {"a": 1}, 5, 0.5, {"loss": 0.5}, 0)
    second = replace(first, trial="01", number=2, curves={"loss": [1.0, 0.5]})
    for record in (second, first):
        journal.write(tmp_path, record)
    assert journal.read(tmp_path) == [first, second]
    assert journal.read(tmp_path / "none") == []


def test_spoiled_record_is_the_one_before(tmp_path):
    record = TrialRecord("0", 1, "running", {}, 5)
    journal.write(tmp_path, record)
    journal.write(tmp_path, replace(record, status="completed"))
    (tmp_path / "trial_0/record.json").write_text("{")
    said = []
    assert journal.read(tmp_path, said.append) == [record]
    assert "spoiled" in said[0]

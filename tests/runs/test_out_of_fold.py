import numpy as np

from mlpkit.config import load_config
from mlpkit.preprocessing import TargetScaling
from mlpkit.runs import Answers, prepare
from mlpkit.runs.members import HeldOut
from mlpkit.runs.out_of_fold import out_of_fold


def test_rows_folds_target_and_answers_side_by_side():
    table = {"x": np.arange(10.0), "y": [None, *np.arange(9.0)]}
    prepared = prepare(load_config({"data": {"target": "y"}}), table)
    scaling = TargetScaling((10.0,), (2.0,))
    answers = Answers(prepared.encoder, None, prepared.target, scaling)
    held = HeldOut(
        np.array([1, 4]), np.array([1, 0]), np.array([[0.0], [3.0]], "float32")
    )
    assert out_of_fold(prepared, answers, held).to_pydict() == {
        "row": [1, 4],
        "fold": [1, 0],
        "y": [1.0, 4.0],
        "prediction": [10.0, 16.0],
    }

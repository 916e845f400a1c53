import io

import numpy as np
from rich.console import Console

from mlpkit.training import Progress


def shown(*, terminal=False, **logs):
    text = io.StringIO()
    progress = Progress("net", Console(file=text, force_terminal=terminal, width=80))
    progress.set_params({"epochs": 2})
    progress.on_train_begin()
    progress.on_epoch_end(0, logs)
    return progress, text


def test_lines_where_there_is_no_terminal():
    _, text = shown(loss=0.25, val_loss=1.0)
    assert "net: epoch 1/2  loss 0.25  val_loss 1" in text.getvalue()


def test_members_are_shown_by_their_mean():
    _, text = shown(loss=np.array([1.0, 2.0]))
    assert "loss 1.5" in text.getvalue()


def test_a_training_that_begins_again_has_one_bar():
    progress, _ = shown(terminal=True, loss=1.0)
    progress.on_train_begin()
    progress.close()

"""What an export is made of: a run's, or any other trained network's."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import pyarrow as pa

from mlpkit.config import Config
from mlpkit.factory import folded
from mlpkit.runs import Answers, Run

_COPIED = (
    "config.toml",
    "schema.json",
    "statistics.json",
    "metrics.json",
    "model.keras",
)


@dataclass(frozen=True)
class Servable:
    """A trained network, ready to be exported.

    Attributes:
        name: Of the model.
        config: The job; its `[export]` says where to and whether to verify.
        answers: From raw columns to named answers.
        examples: Returns raw rows on which the export is checked.
        write_extra: Writes the texts and ``model.keras`` into a folder.
    """

    name: str
    config: Config
    answers: Answers
    examples: Callable[[], pa.Table]
    write_extra: Callable[[Path], None]

    @property
    def model(self) -> keras.Model:
        """The network, between the encoded matrix and its output."""
        return self.answers.model


def servable_of(run: Run) -> Servable:
    """Return what a run folder holds, the network's scales folded into its kernels."""

    def copy(folder: Path) -> None:
        for name in _COPIED:
            shutil.copyfile(run.path / name, folder / name)

    answers = run.answers.by(folded(run.model))
    return Servable(run.name, run.config, answers, lambda: run.examples, copy)

"""What a run knows of its table, so that nothing is guessed from it again."""

from dataclasses import dataclass, replace

from mlpkit.data import Column, Target
from mlpkit.preprocessing import Encoder, TableEncoder, TargetScaling
from mlpkit.runs.prepared import Prepared


@dataclass(frozen=True)
class Learned:
    """What a run knows of its table.

    Attributes:
        target: Columns, task, classes.
        columns: Kind of every feature column.
        encoder: With the statistics of the training rows.
        scaling: Of a regression's target.
    """

    target: Target
    columns: list[Column]
    encoder: Encoder
    scaling: TargetScaling | None

    def of(self, prepared: Prepared) -> Prepared:
        """Return the job with what the run knows, its rows encoded by it."""
        encode = TableEncoder(self.encoder)
        return replace(
            prepared,
            target=self.target,
            columns=self.columns,
            encoder=self.encoder,
            scaling=self.scaling,
            x=encode(prepared.table),
            y=self.target.encode(prepared.table),
            encode=encode,
        )

"""From a run to a SavedModel that takes raw rows, checked in a fresh process."""

from mlpkit.exporting.saved_model import export
from mlpkit.exporting.verify import verify_export

__all__ = ["export", "verify_export"]

"""From a run to a SavedModel that takes raw rows, checked in a fresh process."""

from mlpkit.exporting.saved_model import export
from mlpkit.exporting.servable import Servable, servable_of
from mlpkit.exporting.verify import verify_export

__all__ = ["Servable", "export", "servable_of", "verify_export"]

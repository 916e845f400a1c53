"""What both estimators can be asked once they are fitted, whatever they answer."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkit.estimators.network import Network
from mlpkit.estimators.servable import servable
from mlpkit.exporting import export


class Fitted:
    """Weights of plain networks, and the export."""

    network_: Network

    @property
    def coefs_(self) -> list[np.ndarray]:
        """Kernels of the dense layers, the first one ``(encoded features, units)``."""
        return [kernel for kernel, _ in self._layers]

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """Biases of the dense layers."""
        return [bias for _, bias in self._layers]

    @property
    def _layers(self) -> list[tuple[np.ndarray, Any]]:
        network = self.__dict__.get("network_")
        if network is None:
            msg = (
                "coefs_, intercepts_: the network must be fitted, it is not fitted yet"
            )
            raise AttributeError(msg)
        return network.plain_layers()

    def export(self, path: str | Path, *, verify: bool = True) -> Path:
        """Write ``<path>/<version>/``, a SavedModel that takes raw columns by name.

        Its inputs are X's columns, `x0`, `x1`, … where these have no names; see
        `mlpkit.export` for the layout.

        Args:
            path: Folder of the model's versions.
            verify: Compare in a fresh process, on rows made up from the statistics.

        Returns:
            The version's folder.

        Raises:
            OutputError: The folder cannot be written, or the answers differ.
        """
        check_is_fitted(self, "network_")
        return export(servable(self.network_, Path(path).name), path, verify=verify)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "network_")

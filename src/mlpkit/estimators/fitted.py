"""What both estimators can be asked once they are fitted, whatever they answer."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkit.estimators.network import Network
from mlpkit.estimators.servable import servable
from mlpkit.exporting import export

_TRAINED_WITH = {"model", "training", "ensemble", "decision"}


class Fitted:
    """Settings, weights of plain networks, and the export."""

    network_: Network

    @property
    def settings_(self) -> dict[str, Any]:
        """What the network was trained with: what was given, and what the recipe chose.

        By the configuration's keys, as the parameter ``settings`` takes them.
        """
        sections = self._fitted("settings_").config.model_dump(
            mode="json", include=_TRAINED_WITH, exclude_unset=True
        )
        return {
            f"{section}.{field}": value
            for section, values in sections.items()
            for field, value in values.items()
        }

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
        return self._fitted("coefs_, intercepts_").plain_layers()

    def _fitted(self, name: str) -> Network:
        network = self.__dict__.get("network_")
        if network is None:
            msg = f"{name}: the network must be fitted, it is not fitted yet"
            raise AttributeError(msg)
        return network

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

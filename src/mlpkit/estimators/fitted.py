"""What both estimators can be asked once they are fitted, whatever they answer."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from mlpkit.estimators.network import Network
from mlpkit.estimators.servable import servable
from mlpkit.estimators.settings import told
from mlpkit.exporting import export


class Fitted:
    """Settings, weights of plain networks, and the export."""

    network_: Network

    @property
    def settings_(self) -> dict[str, Any]:
        """What was set, by the keys of ``settings``, and what the recipe chose.

        Of the last call, be it ``partial_fit``. Parameters without such a key are not
        told: ``alpha``, ``class_weight``, ``early_stopping``, ``random_state``,
        ``tol``, ``n_iter_no_change`` (which takes the place of
        ``training.patience``) and learning rates that change by epoch.

        Raises:
            AttributeError: The network is not fitted.

        >>> from mlpkit.estimators import MLPRegressor
        >>> model = MLPRegressor(hidden_layer_sizes=8, max_iter=5)
        >>> model = model.fit([[1.0], [2.0], [3.0]], [1, 2, 3])
        >>> model.settings_["model.activation"], model.settings_["training.epochs"]
        ({'name': 'mish'}, 5)
        """
        found = told(self._fitted("settings_").config)
        if getattr(self, "n_iter_no_change", None) is not None:
            found.pop("training.patience", None)
        return found

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

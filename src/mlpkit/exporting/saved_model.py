"""`export`: a SavedModel in TF Serving's layout, whole or absent."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from mlpkit.errors import UsageError
from mlpkit.exporting.servable import Servable, servable_of
from mlpkit.exporting.verify import verify_export
from mlpkit.preprocessing import MISSING_INTEGER
from mlpkit.runs import Run, written_aside

_MISSING = {"float32": "NaN", "int64": MISSING_INTEGER, "string": ""}


def export(
    run: Run | Servable | str | Path,
    folder: str | Path | None = None,
    *,
    verify: bool | None = None,
) -> Path:
    """Write ``<folder>/<version>/``, a SavedModel that takes raw columns by name.

    Its signature `serving_default` has one input of shape ``(rows,)`` per raw column,
    named as the column (other than letters, digits and ``_`` become ``_``), and the
    named answers of `Answers`; the signature `labels` gives the order of the
    scores. ``assets.extra/`` holds the manifest, the run's texts and ``model.keras``.

    Args:
        run: A run, its folder, or another `Servable`.
        folder: ``saved_models/<name>`` if left; the version counts up from 1.
        verify: Compare with a fresh process that has TensorFlow only, on held-back
            rows; as configured if left.

    Returns:
        The version's folder.

    Raises:
        UsageError: There is no run in that folder.
        OutputError: The folder cannot be written, or the answers differ.
    """
    if isinstance(run, str | Path):
        run = Run.open(run)
    source = servable_of(run) if isinstance(run, Run) else run
    if not isinstance(source, Servable):
        own = "; call its own .export(path)" if hasattr(run, "export") else ""
        msg = f"export: must be a run or a run folder, got {type(run).__name__}{own}"
        raise UsageError(msg)
    settings = source.config.export
    base = Path(folder) if folder is not None else Path(settings.folder) / source.name
    with written_aside(base / str(_next_version(base))) as temporary:
        _write(source, temporary)
        if settings.verify if verify is None else verify:
            verify_export(source, temporary)
    return base / str(_next_version(base) - 1)


def _next_version(base: Path) -> int:
    found = [int(p.name) for p in base.glob("*") if p.name.isdecimal()]
    return max(found, default=0) + 1


def _write(source: Servable, path: Path) -> None:
    answers = source.answers
    archive = keras.export.ExportArchive()
    archive.track(source.model)
    archive.track(answers.encoder)
    served = answers.encoder.serving_names
    signature = {
        served[column]: tf.TensorSpec(spec.shape, spec.dtype, name=served[column])
        for column, spec in answers.encoder.input_signature.items()
    }
    archive.add_endpoint(
        "serving_default",
        lambda rows: answers.serve({c: rows[name] for c, name in served.items()}),
        input_signature=[signature],
    )
    archive.add_endpoint(
        "labels", lambda: {"labels": answers.labels}, input_signature=[]
    )
    archive.write_out(str(path), verbose=False)
    extra = path / "assets.extra"
    extra.mkdir()
    text = json.dumps(manifest(source), indent=2, ensure_ascii=False)
    (extra / "manifest.json").write_text(text, encoding="utf-8")
    source.write_extra(extra)


def manifest(source: Servable) -> dict[str, Any]:
    """Return what a client must know: inputs, how missing is said, outputs, labels."""
    answers = source.answers
    signature = answers.encoder.input_signature
    outputs = answers.serve.get_concrete_function().structured_outputs
    kinds = {c.name: c.kind for c in answers.encoder.statistics.columns}
    return {
        "name": source.name,
        "task": answers.target.task,
        "target": list(answers.target.columns),
        "labels": list(answers.target.classes or answers.target.columns),
        "decision": asdict(answers.decision),
        "inputs": {
            name: {
                "input": answers.encoder.serving_names[name],
                "type": spec.dtype.name,
                "kind": kinds[name],
                "missing": _MISSING[spec.dtype.name],
            }
            for name, spec in signature.items()
        },
        "outputs": {name: tensor.dtype.name for name, tensor in outputs.items()},
        "versions": {"tensorflow": tf.__version__, "keras": keras.__version__},
    }

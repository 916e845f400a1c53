"""Folders that are whole or absent."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from mlpkit.errors import OutputError


def ensure_writable(folder: Path) -> None:
    """Create the folder, or raise an `OutputError` that says why it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        msg = f"{folder}: the folder must be writable, got: {error.strerror or error}"
        raise OutputError(msg) from None


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary folder that takes the place of ``path`` when all went well.

    Raises:
        OutputError: The folder cannot be written; nothing half-written is left.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        temporary.chmod(0o755)  # a server may run as somebody else
        yield temporary
        _put(temporary, path)
    except (OSError, tf.errors.OpError) as error:
        if isinstance(error, OutputError):
            raise
        reason = getattr(error, "strerror", None) or error
        msg = f"{path}: the folder must be writable and have room, got: {reason}"
        raise OutputError(msg) from None
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _put(temporary: Path, path: Path) -> None:
    if path.exists():
        before = path.with_name(f".{path.name}-before")
        shutil.rmtree(before, ignore_errors=True)
        path.rename(before)
        temporary.rename(path)
        shutil.rmtree(before, ignore_errors=True)
    else:
        temporary.rename(path)

"""Files that are whole or absent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mlpkit.errors import OutputError


@contextmanager
def aside(path: Path, *, synced: bool = True) -> Iterator[Path]:
    """Yield a path beside this one, which takes its place when all went well.

    Args:
        path: Its folder is made.
        synced: Whether it is on the disk before it is there, for a loss of power.

    Raises:
        OutputError: The file cannot be written; the one from before stays.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        if synced:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        msg = f"{path}: must be writable and have room, got: {error.strerror or error}"
        raise OutputError(msg) from None
    finally:
        with suppress(OSError):  # there is none, most of the time
            temporary.unlink()

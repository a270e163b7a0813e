"""Files that commands write."""

import os
from pathlib import Path

from yemae.cli.failures import InputError


def write_file(path: Path, content: bytes) -> None:
    """Write a file, all of it or nothing. Raises InputError when that is not possible."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from None

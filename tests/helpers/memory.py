"""Where the stores of the tests have their files: in memory, where that has room.

A database of a test is four hundred new files, which take a disk many times what the test itself
takes. What a crash would leave of them matters to no test.
"""

import os
import shutil
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # noqa: S108 - names in it are those of tempfile
# The stores of one test process have less than a tenth of it in use.
ROOM_BYTES = 4 * 2**30


def memory() -> Path | None:
    """The folder of files in memory; None, for the usual one, where that has no room."""
    try:
        free = min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)
    except OSError:
        return None
    return MEMORY if free > ROOM_BYTES and os.access(MEMORY, os.W_OK | os.X_OK) else None

"""When passes ended last, as the server processes of one `yemae serve` tell each other: a table in
memory that they share.

What always holds: a fan's stamp is another one after each end of their pass, in every process at
once. Fans share stamps, so it may also change without an end.
"""

import mmap
import os
import time
import zlib
from pathlib import Path
from typing import Self

SLOTS = 65_536
STAMP_BYTES = 8
NAME = "pass-ends"


class PassEnds:
    """A stamp for each of many groups of fans."""

    def __init__(self, shared: mmap.mmap | bytearray) -> None:
        self._stamps = memoryview(shared).cast("Q")
        self._latest = 0

    @classmethod
    def of_one_process(cls) -> Self:
        """Of a process that is the only one."""
        return cls(bytearray(SLOTS * STAMP_BYTES))

    @classmethod
    def in_folder(cls, folder: Path) -> Self:
        """Of all processes that open the same folder."""
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.ftruncate(descriptor, SLOTS * STAMP_BYTES)
            return cls(mmap.mmap(descriptor, SLOTS * STAMP_BYTES))
        finally:
            os.close(descriptor)

    def stamp(self, user_id: str) -> int:
        """The present one."""
        return self._stamps[zlib.crc32(user_id.encode()) % SLOTS]

    def renew(self, user_id: str) -> None:
        """A pass of this fan ends. A stamp is a time, which no two processes have alike."""
        self._latest = max(self._latest + 1, time.monotonic_ns())
        self._stamps[zlib.crc32(user_id.encode()) % SLOTS] = self._latest

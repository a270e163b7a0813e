"""The table of the last ends: who may read it, what it keeps open, and that each end is another."""

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from yemae.waiting_room import pass_ends
from yemae.waiting_room.pass_ends import NAME, PassEnds


def test_the_shared_table_is_the_servers_alone_and_its_file_does_not_stay_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptors: list[int] = []
    really_open = os.open

    def opening(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptors.append(really_open(path, flags, mode))
        return descriptors[-1]

    with monkeypatch.context() as watched:
        watched.setattr(os, "open", opening)
        ends = PassEnds.in_folder(tmp_path)
    ends.renew("fan")
    assert PassEnds.in_folder(tmp_path).stamp("fan") == ends.stamp("fan")
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    (descriptor,) = descriptors
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)


def test_two_ends_in_one_tick_of_the_clock_have_two_stamps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pass_ends, "time", SimpleNamespace(monotonic_ns=lambda: 1_000))
    ends = PassEnds.of_one_process()
    stamps = []
    for _ in range(3):
        ends.renew("fan")
        stamps.append(ends.stamp("fan"))
    assert len(set(stamps)) == 3

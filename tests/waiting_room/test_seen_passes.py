"""The cache of open passes: what is trusted, and for how long. Pure."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from yemae.waiting_room import seen_passes
from yemae.waiting_room.pass_ends import PassEnds
from yemae.waiting_room.seen_passes import MARGIN_S, TRUSTED_S, SeenPasses
from yemae.waiting_room.tokens import EntryToken

NOW = 2_000_000_000
ENTRY = EntryToken("hall", "fan", 7, NOW + 600)
OWNER = ("hall", "fan")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, which stands still until a test moves it."""
    moment = [100.0]
    monkeypatch.setattr(seen_passes, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    return moment


def saw_open(passes: SeenPasses, entry: EntryToken = ENTRY, left_s: float = 600) -> None:
    passes.asking([entry]).found({entry: int((NOW + left_s) * 1000)})


def test_a_pass_is_trusted_for_a_second_from_the_question_on(clock: list[float]) -> None:
    passes = SeenPasses(PassEnds.of_one_process())
    assert not passes.is_open(ENTRY, NOW)
    asking = passes.asking([ENTRY])
    clock[0] += TRUSTED_S / 2
    asking.found({ENTRY: (NOW + 600) * 1000})
    assert passes.is_open(ENTRY, NOW)
    clock[0] += TRUSTED_S / 2
    assert not passes.is_open(ENTRY, NOW)


def test_a_pass_is_not_trusted_at_its_own_end() -> None:
    passes = SeenPasses(PassEnds.of_one_process())
    saw_open(passes, left_s=0.5)
    assert passes.is_open(ENTRY, NOW + 0.5 - 2 * MARGIN_S)
    assert not passes.is_open(ENTRY, NOW + 0.5 - MARGIN_S)
    assert not passes.is_open(ENTRY, NOW + 0.5 - MARGIN_S / 2)


@pytest.mark.parametrize(
    "other",
    [
        ENTRY._replace(user_id="other"),
        ENTRY._replace(concert_id="elsewhere"),
        ENTRY._replace(number=8),
        ENTRY._replace(proof="of a secret"),
    ],
)
def test_another_pass_is_not_trusted(other: EntryToken) -> None:
    passes = SeenPasses(PassEnds.of_one_process())
    saw_open(passes)
    assert not passes.is_open(other, NOW)


def test_an_end_that_this_process_knows_of_counts_at_once() -> None:
    passes = SeenPasses(PassEnds.of_one_process())
    saw_open(passes)
    with passes.ending([OWNER]):
        assert not passes.is_open(ENTRY, NOW)
        # Asked in between, before the store has done it.
        saw_open(passes)
    assert not passes.is_open(ENTRY, NOW)
    saw_open(passes)
    passes.asking([ENTRY._replace(number=6)]).found({})
    assert passes.is_open(ENTRY, NOW)
    passes.asking([ENTRY]).found({})
    assert not passes.is_open(ENTRY, NOW)


def test_an_answer_from_before_the_end_is_not_believed() -> None:
    passes = SeenPasses(PassEnds.of_one_process())
    before = passes.asking([ENTRY])
    with passes.ending([OWNER]):
        during = passes.asking([ENTRY])
    for asked in (before, during):
        asked.found({ENTRY: (NOW + 600) * 1000})
        assert not passes.is_open(ENTRY, NOW)
    # The fan came in again: a question that was asked after the end is believed.
    saw_open(passes)
    assert passes.is_open(ENTRY, NOW)


def test_an_end_in_another_process_of_the_server_counts_at_once(tmp_path: Path) -> None:
    ends = PassEnds.in_folder(tmp_path)
    one, other = SeenPasses(ends), SeenPasses(PassEnds.in_folder(tmp_path))
    for passes in (one, other):
        saw_open(passes)
        assert passes.is_open(ENTRY, NOW)
    before = other.asking([ENTRY])
    with one.ending([OWNER]):
        assert not other.is_open(ENTRY, NOW)
        saw_open(other)
    assert not other.is_open(ENTRY, NOW)
    before.found({ENTRY: (NOW + 600) * 1000})
    assert not other.is_open(ENTRY, NOW)
    saw_open(other)
    assert other.is_open(ENTRY, NOW)


def test_where_the_ends_of_others_are_unknown_no_pass_is_trusted() -> None:
    passes = SeenPasses(None)
    saw_open(passes)
    with passes.ending([OWNER]):
        assert not passes.is_open(ENTRY, NOW)


def test_each_end_has_a_stamp_of_its_own() -> None:
    ends = PassEnds.of_one_process()
    stamps = [ends.stamp("fan")]
    for _ in range(1_000):
        ends.renew("fan")
        stamps.append(ends.stamp("fan"))
    assert len(set(stamps)) == len(stamps)
    assert ends.stamp("another fan") == 0


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen_passes, "KEPT_MAX", 3)
    passes = SeenPasses(PassEnds.of_one_process())
    entries = [ENTRY._replace(user_id=f"fan-{number}") for number in range(10)]
    for entry in entries:
        saw_open(passes, entry)
        assert passes.is_open(entry, NOW)
        assert len(passes._seen) <= 3
        if entry is entries[2]:
            assert all(passes.is_open(kept, NOW) for kept in entries[:3]), "up to the bound"

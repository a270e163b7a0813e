"""A phase of a sale: its end, who may take part, and what the database keeps of it."""

import json
from datetime import UTC, datetime, timedelta, timezone
from unicodedata import normalize

import pytest

from yemae.concerts import phases
from yemae.concerts.phases import GENERAL_PHASE, Phase
from yemae.concerts.presale_codes import PresaleCodes

CODES = PresaleCodes("a secret key that is long enough")
END = datetime(2030, 4, 1, 12, tzinfo=timezone(timedelta(hours=9)))


def kept(phase: Phase, *codes: str) -> Phase:
    """What is read of a phase that was stored."""
    text = phases.stored("presale", phase, codes, CODES)
    return phases.read(None if text is None else json.loads(text))


def test_a_phase_ends_at_its_end_and_one_without_an_end_never() -> None:
    phase = Phase("Presale", ends_at=END)
    moment = timedelta(microseconds=1)
    assert [phase.has_ended(END + after) for after in (-moment, 0 * moment)] == [False, True]
    assert not GENERAL_PHASE.has_ended(END)


@pytest.mark.parametrize(
    ("phase", "is_restricted"),
    [
        (GENERAL_PHASE, False),
        (Phase("Presale", ends_at=END), False),
        (Phase("Presale", group="fans"), True),
        (Phase("Presale", code_hashes=frozenset({"hash"})), True),
    ],
)
def test_a_phase_with_codes_or_a_group_is_for_few_fans(phase: Phase, is_restricted: bool) -> None:
    assert phase.is_restricted is is_restricted


def test_the_general_sale_without_an_end_is_not_kept() -> None:
    assert phases.stored("hall", GENERAL_PHASE, [], CODES) is None
    assert kept(GENERAL_PHASE) == GENERAL_PHASE
    ending = GENERAL_PHASE._replace(ends_at=END)
    assert kept(ending) == ending


def test_what_the_database_keeps_means_the_same_and_has_no_code() -> None:
    group = normalize("NFD", "팬클럽")
    text = phases.stored("presale", Phase("선예매", "Presale", END, group=group), ["CODE-1"], CODES)
    assert text is not None
    assert "CODE-1" not in text
    assert json.loads(text)["ends_at"] == "2030-04-01T03:00:00Z"
    sealed = frozenset({CODES.seal("presale", "CODE-1")})
    found = phases.read(json.loads(text))
    assert found == Phase("선예매", "Presale", END.astimezone(UTC), sealed, "팬클럽")
    for each in sealed:
        assert each not in repr(found)
    assert kept(Phase("Presale")) == Phase("Presale")


@pytest.mark.parametrize(
    "phase", [GENERAL_PHASE._replace(allotment=40), GENERAL_PHASE._replace(allotment_percent=25)]
)
def test_an_allotment_is_kept(phase: Phase) -> None:
    assert kept(phase) == phase

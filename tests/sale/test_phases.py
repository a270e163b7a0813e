"""Which phase a fan joins: pure rules, without a store."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from helpers.in_memory import hall_in_memory
from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import Lane
from yemae.concerts.phases import Phase
from yemae.concerts.presale_codes import PresaleCodes
from yemae.refusals import QueueNotOpen
from yemae.sale import phases

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CODES = PresaleCodes("a secret key that is long enough")


def queue(
    queue_id: str,
    opens_in_s: float,
    *,
    ends_in_s: float | None = None,
    code: str = "",
    group: str = "",
    prequeue_in_s: float | None = None,
) -> Concert:
    ends_at = None if ends_in_s is None else NOW + timedelta(seconds=ends_in_s)
    hashes = frozenset({CODES.seal(queue_id, code)} if code else ())
    return msgspec.structs.replace(
        hall_in_memory(),
        id=queue_id,
        phase_of=None if queue_id == "hall" else "hall",
        phase=Phase(ends_at=ends_at, code_hashes=hashes, group=group),
        sale_opens_at=NOW + timedelta(seconds=opens_in_s),
        prequeue_opens_at=None if prequeue_in_s is None else NOW + timedelta(seconds=prequeue_in_s),
    )


CLUB = queue("club", -60, ends_in_s=600, code="CLUB-1", group="club")
CARD = queue("card", -30, ends_in_s=600, code="CARD-1")
SOON = queue("soon", 60, ends_in_s=600, code="SOON-1")
GENERAL = queue("hall", 3_600)
NAMED = msgspec.structs.replace(GENERAL, phases=(CLUB, CARD, SOON))
EVERY = phases.joinable(NAMED, NOW)


@pytest.mark.parametrize(
    ("groups", "code", "chosen"),
    [
        ((), None, ("hall", 0, "")),
        (("club",), None, ("club", 0, "")),
        ((), "CLUB-1", ("club", 0, "right")),
        ((), "CARD-1", ("card", 0, "right")),
        # A code is for the phase that it opens, also when another one is open to the fan.
        (("club",), "CARD-1", ("card", 0, "right")),
        ((), "SOON-1", ("soon", 0, "right")),
        ((), "GUESS", ("hall", 0, "wrong")),
        (("other",), None, ("hall", 0, "")),
    ],
)
def test_a_fan_joins_the_phase_that_is_theirs(
    groups: tuple[str, ...], code: str | None, chosen: tuple[str, int, str]
) -> None:
    queue, lane, word = phases.choose(EVERY, groups, code, CODES)
    assert (queue.id, lane, word) == chosen


def test_an_open_phase_for_all_is_chosen_before_a_presale_that_is_to_open() -> None:
    is_open = queue("hall", -60)
    member = queue("later", 60, group="club")
    named = msgspec.structs.replace(is_open, phases=(member,))
    assert phases.joinable(named, NOW) == (named, member)


def test_a_phase_for_few_fans_comes_first_from_the_very_moment_of_its_opening() -> None:
    is_open = queue("hall", -60)
    member = queue("member", 0, group="club")
    named = msgspec.structs.replace(is_open, phases=(member,))
    assert phases.joinable(named, NOW) == (member, named)
    assert phases.now_shown(msgspec.structs.replace(GENERAL, phases=(member,)), NOW) is member


def test_of_two_presales_a_fan_joins_the_one_of_the_code_and_without_one_needs_one() -> None:
    assert phases.choose((GENERAL, CLUB), (), "CLUB-1", CODES) == (CLUB, 0, "right")
    assert phases.choose((CLUB, CARD), (), None, CODES) == (CLUB, 0, "needed")


def test_a_presale_alone_needs_a_code() -> None:
    assert phases.choose((CARD,), (), None, CODES) == (CARD, 0, "needed")
    assert phases.choose((CARD,), (), "GUESS", CODES) == (CARD, 0, "wrong")


def test_a_code_of_a_lane_of_the_general_sale_gives_the_lane() -> None:
    lane = Lane("fans", 30, frozenset({CODES.seal("hall", "LANE-1")}), "")
    general = msgspec.structs.replace(GENERAL, lanes=(lane,))
    assert phases.choose((general, CLUB), (), "LANE-1", CODES) == (general, 1, "right")


def test_what_may_be_joined_has_begun_and_is_not_over() -> None:
    over = queue("over", -600, ends_in_s=-1)
    later = queue("later", 600, prequeue_in_s=300)
    named = msgspec.structs.replace(GENERAL, phases=(over, later, CLUB))
    assert phases.joinable(named, NOW) == (CLUB, named)
    assert phases.joinable(over, NOW) == (over,), "it refuses as a closed queue"
    all_over = msgspec.structs.replace(over, phases=(queue("before", -900, ends_in_s=-600),))
    assert phases.joinable(all_over, NOW) == (all_over,)


def test_the_earliest_time_to_join_is_named_while_nothing_may_be_joined() -> None:
    first, second = (queue(f"in-{s}", 3_600, prequeue_in_s=s) for s in (300, 200))
    named = msgspec.structs.replace(queue("hall", 3_600, prequeue_in_s=400), phases=(first, second))
    with pytest.raises(QueueNotOpen) as refused:
        phases.joinable(named, NOW)
    assert refused.value.opens_at == NOW + timedelta(seconds=200)
    with pytest.raises(QueueNotOpen) as refused:
        phases.joinable(first, NOW)
    assert refused.value.opens_at == NOW + timedelta(seconds=300)


def test_the_phase_that_stands_for_a_concert_is_an_open_one_then_the_general_sale() -> None:
    named = msgspec.structs.replace(GENERAL, phases=(CLUB,))
    assert phases.now_shown(named, NOW) is CLUB
    assert phases.now_shown(named, NOW + timedelta(seconds=700)) is named
    assert phases.now_shown(named, datetime(2031, 1, 1, tzinfo=UTC)) is named
    later = queue("later", 600)
    sold = msgspec.structs.replace(queue("hall", -600, ends_in_s=-1), phases=(later,))
    assert phases.now_shown(sold, NOW) is later


def test_a_concert_opens_next_with_its_general_sale_and_after_that_with_a_later_phase() -> None:
    def opening(concert: Concert, after_s: float = 0) -> float | None:
        now = NOW + timedelta(seconds=after_s)
        opens_at = phases.next_opening(concert, phases.now_shown(concert, now), now)
        return None if opens_at is None else (opens_at - NOW).total_seconds()

    presale = msgspec.structs.replace(GENERAL, phases=(CLUB, SOON))
    assert [opening(presale, after_s) for after_s in (0, 700, 3_600)] == [3_600, 3_600, None]
    later = queue("later", 600, prequeue_in_s=-60)
    over = msgspec.structs.replace(queue("hall", -600, ends_in_s=-1), phases=(later,))
    assert [opening(over, after_s) for after_s in (0, 600)] == [600, None]
    # While the general sale sells, a phase that is still to open is none that a fan waits for.
    selling = msgspec.structs.replace(queue("hall", -600), phases=(later,))
    assert opening(selling) is None


def test_a_phase_that_is_sold_out_gives_way_to_one_that_still_sells() -> None:
    named = msgspec.structs.replace(queue("hall", -60), phases=(CLUB, SOON))
    assert phases.joinable(named, NOW) == (CLUB, named, SOON)
    assert phases.joinable(named, NOW, {"club"}) == (named, SOON, CLUB)
    waits = msgspec.structs.replace(GENERAL, phases=(CLUB, CARD))
    assert phases.now_shown(waits, NOW, {"club"}) is CARD
    assert phases.now_shown(waits, NOW, {"club", "card"}) is waits
    assert phases.now_shown(waits, NOW, {"club", "card", "hall"}) is CLUB


@pytest.mark.parametrize(
    ("groups", "code", "chosen"),
    [
        ((), "GOLD-1", (1, "right")),
        ((), "CLUB-1", (0, "right")),
        (("golden",), None, (1, "")),
        (("silver",), None, (2, "")),
        # The code lets the fan take part, the group gives the lane.
        (("silver",), "CLUB-1", (2, "right")),
        (("club",), None, (0, "")),
        (("club",), "GOLD-1", (1, "right")),
        (("other",), None, (0, "needed")),
        (("silver",), "GUESS", (2, "wrong")),
    ],
)
def test_the_lanes_of_a_presale_let_their_fans_take_part(
    groups: tuple[str, ...], code: str | None, chosen: tuple[int, str]
) -> None:
    lanes = (
        Lane("gold", 30, frozenset({CODES.seal("club", "GOLD-1")}), "golden"),
        Lane("silver", 30, frozenset(), "silver"),
    )
    presale = msgspec.structs.replace(CLUB, lanes=lanes)
    assert phases.choose((presale,), groups, code, CODES) == (presale, *chosen)

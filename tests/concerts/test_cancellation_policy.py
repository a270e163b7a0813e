"""What a cancellation policy says by date and hour, and what always holds of its fees."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.concerts.cancellation_policy import (
    KR_PERFORMANCE,
    PRESETS,
    BookingFeeBack,
    CancellationPolicy,
    FeeStep,
    PolicyNow,
    closes_at,
    policy_now,
    read,
    stored,
)

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
# Clocks here are set forward at midnight, so that this day begins at one.
BEIRUT = ZoneInfo("Asia/Beirut")
PRICE = 66_000
# A Friday, so that the day before is a Thursday.
FRIDAY = datetime(2030, 5, 3, 20, tzinfo=SEOUL)
# The day before is a Saturday.
SUNDAY = datetime(2030, 5, 5, 15, tzinfo=SEOUL)
LONG_AGO = datetime(2030, 1, 15, 12, tzinfo=SEOUL)


def at(text: str, zone: ZoneInfo = SEOUL) -> datetime:
    """A moment on the venue's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def now(
    moment: datetime,
    *,
    booked: datetime = LONG_AGO,
    starts: datetime = FRIDAY,
    policy: CancellationPolicy = KR_PERFORMANCE,
    zone: ZoneInfo = SEOUL,
) -> PolicyNow | None:
    """What a policy says at this moment, asked in UTC as the server does."""
    return policy_now(
        policy,
        booked_at=booked.astimezone(UTC),
        starts_at=starts.astimezone(UTC),
        zone=zone,
        now=moment.astimezone(UTC),
    )


def fee(
    moment: datetime,
    price: int = PRICE,
    *,
    booked: datetime = LONG_AGO,
    starts: datetime = FRIDAY,
) -> int | None:
    """The fee of one ticket of this price; None: it has closed."""
    terms = now(moment, booked=booked, starts=starts)
    return None if terms is None else terms.step.fee(price)


# By date and hour, of a ticket for 66,000 that was bought long ago.
GOLDEN = [
    ("2030-01-22T12:00", 0, "seven days after the purchase"),
    ("2030-01-22T23:59:59.999", 0, "the last moment of that day"),
    ("2030-01-23T00:00", 4_000, "eight days after"),
    ("2030-04-23T00:00", 4_000, "D-10, its first moment"),
    ("2030-04-23T23:59:59.999", 4_000, "D-10, its last moment"),
    ("2030-04-24T00:00", 6_600, "D-9, its first moment"),
    ("2030-04-26T23:59:59.999", 6_600, "D-7, its last moment"),
    ("2030-04-27T00:00", 13_200, "D-6, its first moment"),
    ("2030-04-30T23:59:59.999", 13_200, "D-3, its last moment"),
    ("2030-05-01T00:00", 19_800, "D-2, its first moment"),
    ("2030-05-02T16:59:59.999", 19_800, "the day before, just before five"),
    ("2030-05-02T17:00", None, "the day before, at five"),
    ("2030-05-03T10:00", None, "the day itself"),
    ("2030-05-03T21:00", None, "during the performance"),
]


@pytest.mark.parametrize(("moment", "expected", "_why"), GOLDEN, ids=[why for *_, why in GOLDEN])
def test_the_korean_preset_by_date_and_hour(moment: str, expected: int | None, _why: str) -> None:
    assert fee(at(moment)) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2030-05-03T23:59", 19_800),
        ("2030-05-04T10:59:59.999", 19_800),
        ("2030-05-04T11:00", None),
        ("2030-05-04T16:00", None),
    ],
)
def test_where_the_day_before_is_a_saturday_it_closes_at_eleven(
    moment: str, expected: int | None
) -> None:
    assert fee(at(moment), starts=SUNDAY) == expected


def test_a_performance_on_a_saturday_closes_at_five_on_friday() -> None:
    saturday = datetime(2030, 5, 4, 15, tzinfo=SEOUL)
    assert closes_at(KR_PERFORMANCE, saturday, SEOUL) == at("2030-05-03T17:00")


@pytest.mark.parametrize(
    ("booked", "moment", "expected"),
    [
        # Within seven days, and ten remain: free.
        ("2030-04-20T09:00", "2030-04-23T23:59", 0),
        # Within seven days, and nine remain: the share of that day.
        ("2030-04-20T09:00", "2030-04-24T00:00", 6_600),
        # On the day of the purchase as well.
        ("2030-04-24T09:00", "2030-04-24T09:05", 6_600),
        ("2030-05-02T09:00", "2030-05-02T09:05", 19_800),
    ],
)
def test_it_is_free_within_seven_days_only_while_ten_remain(
    booked: str, moment: str, expected: int
) -> None:
    assert fee(at(moment), booked=at(booked)) == expected


@pytest.mark.parametrize(
    ("price", "expected"), [(66_000, 4_000), (40_000, 4_000), (39_999, 3_999), (9, 0), (0, 0)]
)
def test_a_fee_for_each_ticket_is_at_most_its_share_of_the_price(price: int, expected: int) -> None:
    assert fee(at("2030-04-23T12:00"), price) == expected


@pytest.mark.parametrize(
    ("back", "on_the_day", "later"),
    [("never", False, False), ("booking_day", True, False), ("always", True, True)],
)
def test_the_booking_fee_goes_back_when_the_policy_says_so(
    back: BookingFeeBack, on_the_day: bool, later: bool
) -> None:
    policy = CancellationPolicy(steps=KR_PERFORMANCE.steps, booking_fee_back=back)
    for moment, expected in (("2030-01-15T23:59:59", on_the_day), ("2030-01-16T00:00", later)):
        terms = now(at(moment), policy=policy)
        assert terms is not None
        assert terms.gives_booking_fee_back is expected


def test_days_are_those_of_the_venue_and_not_of_utc() -> None:
    # 00:30 in Seoul on D-9 is still the day before in UTC.
    moment = at("2030-04-24T00:30")
    assert moment.astimezone(UTC).day == 23
    assert fee(moment) == 6_600


def test_a_step_ends_at_midnight_also_when_the_clocks_were_set_forward_in_it() -> None:
    starts = datetime(2030, 3, 17, 20, tzinfo=NEW_YORK)
    policy = CancellationPolicy(
        steps=(FeeStep(until_days_before=7), FeeStep(until_days_before=1, fee_percent=50))
    )
    # Of 2030-03-10, which has 23 hours there.
    for text, expected in (("2030-03-10T23:59", 0), ("2030-03-11T00:00", 33_000)):
        terms = now(at(text, NEW_YORK), starts=starts, policy=policy, zone=NEW_YORK)
        assert terms is not None
        assert terms.step.fee(PRICE) == expected


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        # Five o'clock is the same five o'clock in both halves of a year.
        ("2030-07-05T20:00", "2030-07-04T21:00+00:00"),
        ("2030-12-05T20:00", "2030-12-04T22:00+00:00"),
        # On the day on which the clocks are set forward, and set back.
        ("2030-03-11T20:00", "2030-03-10T21:00+00:00"),
        ("2030-11-04T20:00", "2030-11-03T22:00+00:00"),
    ],
)
def test_it_closes_by_the_clocks_of_the_venue_in_summer_and_winter(
    starts: str, expected: str
) -> None:
    closes = closes_at(KR_PERFORMANCE, at(starts, NEW_YORK), NEW_YORK)
    assert closes == datetime.fromisoformat(expected)


def test_a_time_that_the_clocks_skip_is_an_hour_later_and_one_shown_twice_is_the_first() -> None:
    policy = CancellationPolicy(steps=(FeeStep(until_days_before=0),), closes_at="02:30")
    skipped = closes_at(policy, at("2030-03-10T20:00", NEW_YORK), NEW_YORK)
    assert skipped == datetime(2030, 3, 10, 7, 30, tzinfo=UTC)
    policy = CancellationPolicy(steps=(FeeStep(until_days_before=0),), closes_at="01:30")
    twice = closes_at(policy, at("2030-11-03T20:00", NEW_YORK), NEW_YORK)
    assert twice == datetime(2030, 11, 3, 5, 30, tzinfo=UTC)


def test_a_day_without_a_midnight_ends_when_the_next_one_begins() -> None:
    policy = CancellationPolicy(steps=(FeeStep(until_days_before=1, fee_percent=10),))
    # 2030-03-31 begins at 01:00 in Beirut.
    starts = datetime(2030, 3, 31, 20, tzinfo=BEIRUT)
    assert closes_at(policy, starts, BEIRUT) == datetime(2030, 3, 30, 22, tzinfo=UTC)
    before = datetime(2030, 3, 30, 21, 59, tzinfo=UTC)
    assert now(before, starts=starts, policy=policy, zone=BEIRUT) is not None


def test_without_a_time_it_closes_at_the_end_of_its_day_and_never_after_the_start() -> None:
    day_before = CancellationPolicy(steps=(FeeStep(until_days_before=1),))
    assert closes_at(day_before, FRIDAY, SEOUL) == at("2030-05-03T00:00")
    same_day = CancellationPolicy(steps=(FeeStep(until_days_before=0),))
    assert closes_at(same_day, FRIDAY, SEOUL) == FRIDAY
    late = CancellationPolicy(steps=(FeeStep(until_days_before=0),), closes_at="23:00")
    assert closes_at(late, FRIDAY, SEOUL) == FRIDAY


def test_where_the_zone_is_not_known_days_are_those_of_utc() -> None:
    closes = closes_at(KR_PERFORMANCE, datetime(2030, 5, 3, 20, tzinfo=UTC), None)
    assert closes == datetime(2030, 5, 2, 17, tzinfo=UTC)


def test_presets_are_the_ones_that_the_guide_names() -> None:
    assert PRESETS == {"none": None, "kr-performance": KR_PERFORMANCE}


def test_a_stored_policy_is_read_as_it_was_and_names_every_field() -> None:
    digest, content = stored(KR_PERFORMANCE)

    kept = json.loads(content)
    assert read(kept) == KR_PERFORMANCE
    assert set(kept) == set(CancellationPolicy.__struct_fields__)
    assert all(set(step) == set(FeeStep.__struct_fields__) for step in kept["steps"])
    changed = CancellationPolicy(steps=KR_PERFORMANCE.steps)
    assert stored(changed).digest != digest


FIRST_MOMENT = datetime(2030, 1, 15, tzinfo=SEOUL)
MOMENTS = st.integers(0, 111 * 86_400).map(lambda s: FIRST_MOMENT + timedelta(seconds=s))
STEPS = st.lists(
    st.builds(
        FeeStep,
        until_days_before=st.integers(0, 60),
        fee_per_ticket=st.sampled_from([0, 0, 1, 4_000, 10**9]),
        fee_max_percent=st.integers(0, 100),
        fee_percent=st.integers(0, 100),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda step: step.until_days_before,
).map(lambda steps: tuple(sorted(steps, key=lambda step: -step.until_days_before)))
POLICIES = st.builds(
    CancellationPolicy,
    steps=STEPS,
    closes_at=st.sampled_from([None, "00:00", "11:00", "23:59"]),
    free_within_days=st.sampled_from([None, 0, 7]),
    free_until_days_before=st.sampled_from([0, 10]),
)


@given(POLICIES, MOMENTS, MOMENTS, st.integers(0, 10**9))
def test_a_fee_is_neither_negative_nor_above_the_price(
    policy: CancellationPolicy, booked: datetime, moment: datetime, price: int
) -> None:
    terms = now(moment, booked=booked, policy=policy)
    if terms is not None:
        assert 0 <= terms.step.fee(price) <= price


@given(MOMENTS, MOMENTS, MOMENTS, st.integers(0, 10**6))
def test_the_korean_fee_only_grows_with_time(
    booked: datetime, one: datetime, other: datetime, price: int
) -> None:
    earlier, later = sorted((one, other))
    fees = [fee(moment, price, booked=booked) for moment in (earlier, later)]
    # Once it has closed it stays closed.
    before, after = (price + 1 if each is None else each for each in fees)
    assert before <= after


@given(POLICIES, MOMENTS)
def test_it_has_closed_from_that_moment_on_and_not_before(
    policy: CancellationPolicy, booked: datetime
) -> None:
    closes = closes_at(policy, FRIDAY, SEOUL)
    assert closes <= FRIDAY
    assert now(closes, booked=booked, policy=policy) is None
    assert now(closes - timedelta(microseconds=1), booked=booked, policy=policy) is not None

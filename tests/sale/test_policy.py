"""The rules at the doors: what a concert's settings become."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from yemae.runtime import Runtime
from yemae.sale import policy
from yemae.settings import Settings


@pytest.mark.parametrize(
    ("entry_ttl_s", "longest_ms"), [(30, 15_000), (120, 60_000), (600, 60_000)]
)
@pytest.mark.parametrize("is_open", [False, True])
async def test_nobody_is_sent_away_for_longer_than_half_a_pass(
    runtime: Runtime, entry_ttl_s: int, longest_ms: int, is_open: bool
) -> None:
    (concert,) = runtime.catalogue.concerts.values()
    short = replace(concert, entry_ttl_s=entry_ttl_s)
    pace = policy.pace_of(short, Settings(), 1.0, is_open=is_open)
    assert pace.interval_ms(1_000_000) == longest_ms


async def test_a_drained_queue_takes_nobody_new_and_a_paused_one_lets_nobody_in(
    runtime: Runtime,
) -> None:
    (concert,) = runtime.catalogue.concerts.values()
    now = runtime.now()
    assert policy.join_door(concert, now) == "line"
    assert policy.join_door(replace(concert, control="draining"), now) == "closed"
    assert policy.doors_of(replace(concert, control="draining"), now).door == "open"
    assert policy.doors_of(replace(concert, control="paused"), now).door == "shut"
    later = datetime(2999, 1, 1, tzinfo=UTC)
    assert policy.may_join_from(replace(concert, prequeue_opens_at=later), later) is None

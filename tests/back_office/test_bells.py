"""Which bells ring for a queue on sale, and since when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpers.concerts import HALL
from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.back_office import bells, queue_control
from yemae.back_office.bells import Bell, Look, rung
from yemae.jobs.keep_history import HistoryKeeper
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.figures import QueueNumbers
from yemae.store.valkey import Valkey
from yemae.waiting_room import counts

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
QUIET = QueueNumbers(0, 0, 0, 100, 500, 400, 0, 90, 80, None, None)
CALM = Look(NOW, "open", 50, QUIET, None, 300, 70)


def kinds(look: Look) -> list[str]:
    return [bell.kind for bell in rung(HALL, look)]


def at(**numbers: Any) -> Look:
    return CALM._replace(numbers=QUIET._replace(**numbers))


def test_a_queue_that_moves_rings_nothing() -> None:
    assert kinds(CALM) == []
    assert kinds(at(waiting=10, active=20)) == []


def test_a_pause_rings_after_two_minutes() -> None:
    paused = CALM._replace(state="paused")
    for seconds, expected in ((120, []), (121, ["paused"])):
        since = NOW - timedelta(seconds=seconds)
        assert kinds(paused._replace(paused_at=since)) == expected
    assert kinds(paused) == []


def test_no_admission_rings_while_fans_wait_and_there_is_room() -> None:
    stuck = at(waiting=1, active=5)._replace(admitted_before=400)
    assert list(rung(HALL, stuck)) == [Bell(HALL, "nothing_admitted", NOW - timedelta(minutes=1))]
    assert kinds(stuck._replace(admitted_before=None)) == []
    assert kinds(at(active=5)._replace(admitted_before=400)) == []
    assert kinds(stuck._replace(state="draining")) == ["nothing_admitted"]
    for state in ("before_sale", "prequeue", "sold_out", "closed"):
        assert kinds(stuck._replace(state=state)) == []


def test_the_limit_rings_while_fans_wait_for_others_to_leave() -> None:
    assert kinds(at(waiting=1, active=100)) == ["at_limit"]
    assert kinds(at(waiting=1, active=100)._replace(admitted_before=400)) == ["at_limit"]
    assert kinds(at(waiting=0, active=100)) == []


def test_nothing_sold_rings_while_there_are_seats_and_fans() -> None:
    slow = at(active=5)._replace(payments_before=80)
    assert list(rung(HALL, slow)) == [Bell(HALL, "nothing_sold", NOW - timedelta(minutes=3))]
    for seats in (0, None):
        assert kinds(slow._replace(seats_left=seats)) == []
    assert kinds(CALM._replace(payments_before=80)) == []


async def test_a_paused_queue_rings_with_the_moment_of_its_pause(runtime: Runtime) -> None:
    assert await bells.ringing(runtime, None) == []
    await queue_control.steer(runtime, HALL, "op", "paused")
    assert await bells.ringing(runtime, None) == []
    travel(runtime, 121)
    (bell,) = await bells.ringing(runtime, [HALL]) or []
    (line,) = await queue_control.actions(runtime, HALL, before=None, limit=5)
    assert bell == Bell(HALL, "paused", line.at)
    assert await bells.ringing(runtime, ["elsewhere"]) == []


async def test_the_history_says_what_has_not_moved(runtime: Runtime, fan: Fan) -> None:
    await counts.keep_seats(runtime.valkey, HALL, 10, 10)
    await fan.enter()
    await HistoryKeeper().keep_history(runtime)
    # A fan is inside, seats are free, and no order was paid.
    assert await bells.ringing(runtime, None) == []
    travel(runtime, 182)
    (bell,) = await bells.ringing(runtime, None) or []
    assert (bell.queue_id, bell.kind) == (HALL, "nothing_sold")


async def test_bells_are_not_known_while_valkey_is_away(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(Valkey, "run", away)
    assert await bells.ringing(runtime, None) is None

"""An emptied Valkey at the active limit: no pass ends, and no fan overtakes another."""

import random
from asyncio import gather
from collections.abc import AsyncIterator

import pytest
from valkey import Valkey as BlockingValkey

from helpers.concerts import HALL, concert, load_concert
from helpers.fans import Fan
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.jobs import admission_tick, seat_count
from yemae.refusals import EntryTokenExpired
from yemae.runtime import Runtime, open_runtime
from yemae.sale import admission, policy, recovery
from yemae.settings import Settings
from yemae.waiting_room import counts, places
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.places import Standing

LIMIT = 30
HOLDS = 10
IN_LINE = 60
ENTRY_TTL_S = 150
FULL_HALL = concert(seats=100, active_limit=LIMIT, entry_ttl_s=ENTRY_TTL_S)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A runtime whose limit is small."""
    await load_concert(settings, FULL_HALL)
    async with open_runtime(settings) as opened:
        yield opened


class Crowd:
    """Fans inside, fans in line who poll on time, and the order in which they come
    in. Time goes in steps of a second, each with a tick."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.hall = runtime.catalogue.concert(HALL)
        self.chance = random.Random(1)  # noqa: S311 - no secret
        self.now_s = 0.0
        self.inside: list[Fan] = []
        self.polls_at: dict[Fan, float] = {}
        self.let_in: list[Fan] = []
        self.most_inside = 0

    async def fill(self) -> None:
        """Everybody comes: LIMIT inside, some of them with seats held, and IN_LINE in line."""
        self.inside = [Fan(self.runtime, f"inside-{n:03}") for n in range(LIMIT)]
        for fan in self.inside:
            await fan.join()
        await admission.admit(self.runtime, self.hall)
        for fan in self.inside:
            assert (await fan.poll()).word == "admitted"
            await fan.check_entry()
        for number, fan in enumerate(self.inside[:HOLDS], 1):
            await fan.hold(str(number))
        for number in range(IN_LINE):
            await self.arrive(f"waiting-{number:03}")
        for _ in range(5):
            await self.second()
        assert not self.let_in

    async def arrive(self, name: str) -> None:
        """A fan joins, and will poll."""
        fan = Fan(self.runtime, name)
        self._plan(fan, await fan.join())

    def lose_everything(self) -> None:
        """As a FLUSHALL does."""
        with BlockingValkey.from_url(self.runtime.settings.stores.valkey_url) as client:
            client.flushall()

    async def second(self) -> None:
        """A second passes: those poll whose time it is, and one tick lets people in."""
        travel(self.runtime, 1)
        self.now_s += 1
        due = [fan for fan, due_s in self.polls_at.items() if due_s <= self.now_s]
        for fan, standing in zip(due, await gather(*(fan.poll() for fan in due)), strict=True):
            if standing.word == "admitted":
                del self.polls_at[fan]
            else:
                self._plan(fan, standing)
        before = await self._inside()
        await admission.admit(self.runtime, self.hall)
        now = await self._inside()
        by_name = {fan.user_id: fan for fan in self.polls_at}
        fresh = [by_name[user] for user in now - before if user in by_name]
        # Within a tick the line is an order by construction.
        self.let_in += sorted(fresh, key=number_of)
        self.most_inside = max(self.most_inside, len(now))

    def _plan(self, fan: Fan, standing: Standing) -> None:
        interval_s = policy.pace(self.runtime, self.hall).interval_ms(standing.ahead) / 1000
        self.polls_at[fan] = self.now_s + interval_s * self.chance.uniform(0.8, 1.0)

    async def _inside(self) -> set[str]:
        key = dict(zip(PARTS, keys_of(HALL), strict=True))["passes"]
        with BlockingValkey.from_url(
            self.runtime.settings.stores.valkey_url, decode_responses=True
        ) as own:
            return set(own.hgetall(key))


def number_of(fan: Fan) -> int:
    assert fan.token is not None
    return fan.token.number


def inversions(fans: list[Fan]) -> int:
    numbers = [number_of(fan) for fan in fans]
    return sum(earlier > later for i, earlier in enumerate(numbers) for later in numbers[i:])


async def test_an_emptied_valkey_ends_no_pass_and_lets_no_fan_overtake(runtime: Runtime) -> None:
    crowd = Crowd(runtime)
    await crowd.fill()
    crowd.lose_everything()
    # The first to come after the loss are new; half of those inside come back only much later.
    for number in range(20):
        await crowd.arrive(f"newcomer-{number:03}")
    acts_at = {fan: crowd.chance.choice([1, 2, 5, 10, 40, 60, 80]) for fan in crowd.inside}
    for second in range(1, 90):
        await crowd.second()
        for fan in (fan for fan, due in acts_at.items() if due == second):
            await fan.check_entry()
            if fan.order is not None:
                await fan.top_up(key=f"top-up of {fan.user_id}")
                await fan.pay()
    assert crowd.most_inside <= LIMIT
    assert len(crowd.let_in) == HOLDS, "the room of those who paid, and no other"
    for _ in range(90, ENTRY_TTL_S + 30):
        await crowd.second()
    assert len(crowd.let_in) >= LIMIT
    assert inversions(crowd.let_in) == 0
    assert crowd.most_inside <= LIMIT
    await assert_reconciled(runtime)


async def test_below_the_limit_newcomers_come_in_behind_all_who_were_in_line(
    runtime: Runtime,
) -> None:
    """The rate is what holds the line back; the fan who polls first must not be the first."""
    crowd = Crowd(runtime)
    await crowd.fill()
    slow = concert(seats=100, active_limit=500, admit_per_minute=60, entry_ttl_s=ENTRY_TTL_S)
    await load_concert(runtime.settings, slow)
    await runtime.catalogue.refresh()
    crowd.hall = runtime.catalogue.concert(HALL)
    crowd.lose_everything()
    for number in range(20):
        await crowd.arrive(f"newcomer-{number:03}")
    await admission.admit(runtime, crowd.hall)
    for _ in range(120):
        await crowd.second()
    assert len(crowd.let_in) == IN_LINE + 20
    assert inversions(crowd.let_in) == 0


async def test_a_fan_with_seats_held_is_inside_at_once_whatever_the_limit(runtime: Runtime) -> None:
    crowd = Crowd(runtime)
    await crowd.fill()
    await load_concert(
        runtime.settings, concert(seats=100, active_limit=2, entry_ttl_s=ENTRY_TTL_S)
    )
    await runtime.catalogue.refresh()
    crowd.lose_everything()
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    assert (await counts.snapshot(runtime.valkey, HALL)).active == HOLDS
    for fan in crowd.inside[:HOLDS]:
        assert (await fan.poll()).word == "admitted"
        await fan.check_entry()
        await fan.top_up(key=f"top-up of {fan.user_id}")
        await fan.pay()


async def test_a_used_pass_with_another_hold_stays_over(runtime: Runtime) -> None:
    fan = Fan(runtime, "fan")
    await fan.enter()
    await fan.top_up()
    await fan.hold("1")
    first = fan.order
    await fan.hold("2")
    assert first is not None
    await fan.pay(first.id)
    Crowd(runtime).lose_everything()
    await admission.admit(runtime, runtime.catalogue.concert(HALL))
    assert (await counts.snapshot(runtime.valkey, HALL)).active == 0


async def test_a_process_that_has_just_started_keeps_the_room_of_those_inside(
    runtime: Runtime, settings: Settings
) -> None:
    """PostgreSQL remembers how many were inside, as of the last count of the seats."""
    crowd = Crowd(runtime)
    await crowd.fill()
    await seat_count.count_seats(runtime)
    async with open_runtime(settings) as fresh:
        fresh.postgres.clock_offset_s = runtime.postgres.clock_offset_s
        fresh.valkey.clock_offset_ms = runtime.valkey.clock_offset_ms
        crowd.lose_everything()
        await admission.admit(fresh, fresh.catalogue.concert(HALL))
    for _ in range(70):
        await crowd.second()
    assert not crowd.let_in, "no active fan has shown up, and their passes are good"
    for fan in crowd.inside:
        await fan.check_entry()


async def test_those_who_paid_or_left_meanwhile_keep_no_room(runtime: Runtime) -> None:
    crowd = Crowd(runtime)
    await crowd.fill()
    crowd.lose_everything()
    await admission.admit(runtime, crowd.hall)
    left, *_ = reversed(crowd.inside)
    assert left.token is not None
    await places.leave(runtime.valkey, HALL, left.user_id, left.token.number)
    for _ in range(40):
        await crowd.second()
    assert len(crowd.let_in) == 1


async def test_without_postgres_a_loss_looks_like_a_beginning_and_no_fan_is_admitted(
    runtime: Runtime,
) -> None:
    waiting = Fan(runtime, "waiting")
    await waiting.join()
    await runtime.postgres.close()
    await admission_tick.tick(runtime)
    assert (await waiting.poll()).word == "waiting"


async def test_the_wait_after_a_loss_follows_the_line_and_the_opening(runtime: Runtime) -> None:
    hall = runtime.catalogue.concert(HALL)
    longest_ms = policy.pace(runtime, hall).longest_ms + recovery.MARGIN_MS
    assert recovery.wait_ms(runtime, hall, None) == longest_ms
    assert recovery.wait_ms(runtime, hall, 100_000) == longest_ms
    assert recovery.wait_ms(runtime, hall, 10) == recovery.HIDDEN_POLL_MS + recovery.MARGIN_MS
    assert recovery.wait_ms(runtime, hall, 2_000) == 2 * 21_000 + recovery.MARGIN_MS


@pytest.mark.parametrize("part", [None, "active"])
async def test_after_a_loss_the_end_of_a_hold_is_not_the_end_of_a_pass_that_has_time_left(
    settings: Settings, part: str | None
) -> None:
    await load_concert(settings, FULL_HALL)
    async with open_runtime(settings.replace(hold_ttl_s=30)) as runtime:
        fan = Fan(runtime, "inside")
        await fan.join()
        hall = runtime.catalogue.concert(HALL)
        await admission.admit(runtime, hall)
        assert (await fan.poll()).word == "admitted"
        await fan.check_entry()
        await fan.hold("1")
        with BlockingValkey.from_url(settings.stores.valkey_url) as client:
            if part is None:
                client.flushall()
            else:
                client.delete(dict(zip(PARTS, keys_of(HALL), strict=True))[part])
        await admission.admit(runtime, hall)
        travel(runtime, 60)
        await admission.admit(runtime, hall)
        await fan.check_entry()
        # And it does end, at most the time of a pass after the loss.
        travel(runtime, ENTRY_TTL_S)
        with pytest.raises(EntryTokenExpired):
            await fan.check_entry()
        await assert_reconciled(runtime)

"""What one process changes, another shows within a second, without asking the database for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from helpers.concerts import FIRST, concert, load_concert
from helpers.fans import Fan
from helpers.http import until
from helpers.time_travel import travel
from yemae.concerts.seat_map import availability
from yemae.concerts.seat_map.availability import Watch
from yemae.concerts.seat_map.changes import Change
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.settings import Settings
from yemae.store.postgres import Transaction


@pytest.fixture
async def other(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Runtime]:
    """Another process's runtime on the same stores, whose own checks come once an hour."""
    monkeypatch.setattr(availability, "CHECK_S", 3_600.0)
    monkeypatch.setattr(availability, "TICK_S", 0.05)
    async with open_runtime(runtime.settings) as opened:
        yield opened


async def watching(runtime: Runtime) -> Watch:
    """Watch, and be sure that notices are heard."""
    watch = await runtime.availability.watch(runtime.catalogue.performance(FIRST))

    async def listening() -> bool:
        async with runtime.postgres.transaction() as tx:
            rows = await tx.fetch(LISTENERS)
        return bool(rows) and not watch.has_to_read

    await until(listening)
    return watch


LISTENERS = (
    b"select pid from pg_stat_activity where application_name = 'yemae listener' "
    b"and datname = current_database() and state = 'idle' and query like 'listen%%'"
)


def taken(watch: Watch) -> set[str]:
    numbers = watch.plan.plan.seats.number
    return {number for place, number in enumerate(numbers) if watch.taken.is_taken(place)}


async def shows(watch: Watch, *numbers: str) -> None:
    async def so() -> bool:
        return taken(watch) == set(numbers)

    await until(so)


async def test_what_one_process_changes_another_shows(
    runtime: Runtime, other: Runtime, fan: Fan
) -> None:
    watch = await watching(other)
    await fan.top_up()
    await fan.hold("3", "4")
    await shows(watch, "3", "4")
    await fan.release()
    await shows(watch)
    await fan.hold("7")
    await fan.pay()
    await shows(watch, "7")
    # A sold seat is not freed by the end of the hold that it had.
    travel(other, runtime.settings.sale.hold_ttl_s + 10)
    other.availability.watches[watch.performance.key].taken.pass_time(other.availability.now_s())
    assert taken(watch) == {"7"}


async def test_a_process_knows_its_own_changes_at_once(runtime: Runtime, fan: Fan) -> None:
    watch = await runtime.availability.watch(runtime.catalogue.performance(FIRST))
    await fan.hold("1")
    assert taken(watch) == {"1"}
    await fan.release()
    assert taken(watch) == set()


async def test_a_hold_that_runs_out_is_shown_free_without_any_sweep(
    runtime: Runtime, other: Runtime, fan: Fan
) -> None:
    watch = await watching(other)
    await fan.hold("1")
    await shows(watch, "1")
    travel(other, runtime.settings.sale.hold_ttl_s - 10)
    assert taken(watch) == {"1"}
    travel(other, 11)
    await shows(watch)


async def test_a_look_begins_with_what_was_held_and_sold_before(
    runtime: Runtime, other: Runtime, fan: Fan
) -> None:
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()
    await fan.hold("2")
    travel(runtime, runtime.settings.sale.hold_ttl_s)
    await fan.hold("3")
    travel(other, runtime.settings.sale.hold_ttl_s)
    watch = await other.availability.watch(other.catalogue.performance(FIRST))
    assert taken(watch) == {"1", "3"}


async def test_a_thousand_looks_ask_the_database_once(
    other: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    asked = 0
    transaction = other.postgres.transaction

    def counting() -> object:
        nonlocal asked
        asked += 1
        return transaction()

    performance = other.catalogue.performance(FIRST)
    with monkeypatch.context() as patch:
        patch.setattr(other.availability._postgres, "transaction", counting)
        for _ in range(1_000):
            assert await other.availability.watch(performance) is watch
    # Other works of the runtime may have looked at the catalogue meanwhile.
    assert asked <= 2


async def test_a_lost_notice_is_put_right_by_the_next_check(
    settings: Settings, runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "CHECK_S", 1.0)
    monkeypatch.setattr(availability, "TICK_S", 0.05)
    async with open_runtime(settings) as deaf:
        watch = await watching(deaf)
        # This change is not published.
        runtime.availability._unpublished = UNHEARD
        await fan.hold("5")
        await shows(watch, "5")


async def test_what_could_not_be_published_is_published_again(
    runtime: Runtime, other: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    away = Away()
    with monkeypatch.context() as patch:
        patch.setattr(runtime.availability, "_postgres", away)
        await fan.hold("5")

        async def tried_twice() -> bool:
            return away.tried > 1

        await until(tried_twice)
    await shows(watch, "5")


class Away:
    """A store that never answers."""

    tried = 0
    clock_offset_s = 0.0

    def transaction(self) -> object:
        """Refuse."""
        self.tried += 1
        raise StoreUnavailable


async def test_a_notice_to_look_again_is_followed(
    runtime: Runtime, other: Runtime, fan: Fan
) -> None:
    """So it comes when very much has changed at once."""
    watch = await watching(other)
    runtime.availability._unpublished = UNHEARD
    await fan.hold("5")
    async with runtime.postgres.transaction() as tx:
        notices = [f"[{watch.performance.key}]"]
        await tx.send(availability.PUBLISH_CHANGES, channel=availability.CHANNEL, notices=notices)
    await shows(watch, "5")


async def test_what_a_check_finds_is_news(runtime: Runtime, other: Runtime, fan: Fan) -> None:
    watch = await watching(other)
    runtime.availability._unpublished = UNHEARD
    await fan.hold("5")
    watch.made["body"] = "of before"
    follower = asyncio.create_task(watch.beat())
    await asyncio.sleep(0)
    version = watch.taken.version
    await other.availability._read(watch, 0.0)
    await asyncio.wait_for(follower, 60)
    assert watch.taken.version > version
    assert watch.made == {}


async def test_a_look_that_failed_is_taken_again(
    runtime: Runtime, other: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    runtime.availability._unpublished = UNHEARD
    await fan.hold("5")
    away = Away()

    async def has_failed() -> bool:
        return away.tried > 0

    with monkeypatch.context() as patch:
        patch.setattr(other.availability, "_postgres", away)
        watch.has_to_read = True
        await until(has_failed)
    await shows(watch, "5")


async def test_what_changes_while_the_first_look_is_under_way_is_not_missed(
    runtime: Runtime, other: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seats are read, then a hold of one is published, then the answer arrives."""
    transaction = other.postgres.transaction
    notices: list[Change] = []
    monkeypatch.setattr(runtime.availability, "note", notices.extend)

    @asynccontextmanager
    async def slow() -> AsyncIterator[Transaction]:
        async with transaction(frozen=True) as tx:
            # From here on it sees this moment only.
            await tx.fetch(b"select from seats")
            await fan.hold("5")
            other.availability.note(notices)
            yield tx

    performance = other.catalogue.performance(FIRST)
    await other.plans.unpacked(performance)
    with monkeypatch.context() as patch:
        patch.setattr(other.availability._postgres, "transaction", slow)
        watch = await other.availability.watch(performance)
    assert notices
    assert taken(watch) == {"5"}


async def test_a_performance_is_watched_while_it_has_followers(
    other: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    watch.listeners += 1
    monkeypatch.setattr(availability, "INTEREST_S", -1.0)
    await other.availability._check(watch)
    assert not watch.is_over
    watch.listeners -= 1
    await other.availability._check(watch)
    assert watch.is_over


class Forgetful(list):  # type: ignore[type-arg]
    """A list that keeps nothing."""

    def append(self, _: object) -> None:
        """Keep nothing."""


UNHEARD = Forgetful()


async def test_changes_are_heard_again_after_the_connection_broke(
    runtime: Runtime, other: Runtime, fan: Fan
) -> None:
    watch = await watching(other)
    async with runtime.postgres.transaction() as tx:
        (first,) = await tx.fetch(LISTENERS)
        await tx.send(b"select pg_terminate_backend(%(pid)s)", pid=first.pid)
    # Published while no process listens, and found when one listens again.
    await fan.hold("9")
    await shows(watch, "9")
    await watching(other)
    await fan.release()
    await shows(watch)


async def test_a_performance_without_viewers_ends_with_its_connection(
    runtime: Runtime, other: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    follower = watch.beat()
    monkeypatch.setattr(availability, "INTEREST_S", -1.0)
    await follower
    assert watch.is_over
    assert other.availability.watched == 0

    async def silent() -> bool:
        async with runtime.postgres.transaction() as tx:
            return not await tx.fetch(LISTENERS)

    await until(silent)


async def test_a_plan_that_changes_ends_the_watch_and_the_next_has_the_new_one(
    settings: Settings, runtime: Runtime
) -> None:
    performance = runtime.catalogue.performance(FIRST)
    before = await runtime.availability.watch(performance)
    await load_concert(settings, concert(seats=12))
    before.has_to_read = True

    async def over() -> bool:
        return before.is_over

    await until(over)
    after = await runtime.availability.watch(performance)
    assert len(after.plan.plan.seats.number) == 12
    assert after.plan.digest != before.plan.digest


async def test_a_view_that_could_not_be_checked_for_long_is_not_shown(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    performance = runtime.catalogue.performance(FIRST)
    watch = await runtime.availability.watch(performance)

    def away() -> object:
        raise StoreUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(runtime.availability._postgres, "transaction", away)
        assert await runtime.availability.watch(performance) is watch
        watch.read_at -= 1_000
        with pytest.raises(StoreUnavailable):
            await runtime.availability.watch(performance)
    assert await runtime.availability.watch(performance) is watch

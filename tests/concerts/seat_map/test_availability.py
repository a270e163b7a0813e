"""What one process changes, another shows within a second, without asking the database for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from helpers.concerts import FIRST, concert, load_concert
from helpers.fans import Fan
from helpers.http import until
from helpers.time_travel import travel
from helpers.watches import LISTENERS, UNHEARD, shows, taken, watching
from yemae.concerts.seat_map import availability, publisher
from yemae.concerts.seat_map.changes import CHANNEL, SOLD, Change
from yemae.runtime import Runtime
from yemae.settings import Settings
from yemae.store.postgres import Transaction


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

    async def sold() -> bool:
        return watch.taken._until[watch.plan.positions["7"]] == SOLD

    await until(sold)
    assert taken(watch) == {"7"}
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


async def test_a_process_applies_its_own_changes_once(
    runtime: Runtime, other: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It hears them as all do, and leaves them out; a change of another process it applies."""
    watch, others = await watching(runtime), await watching(other)
    applied: list[tuple[Runtime, Change]] = []
    for each in (runtime, other):
        apply = each.availability._apply

        def spy(
            change: Change,
            now_s: float,
            each: Runtime = each,
            apply: Callable[[Change, float], None] = apply,
        ) -> None:
            applied.append((each, change))
            apply(change, now_s)

        monkeypatch.setattr(each.availability, "_apply", spy)
    await fan.hold("1")

    async def heard() -> bool:
        published = any(each is other for each, _ in applied)
        return published and runtime.availability.publisher.unheard == set()

    await until(heard)
    assert taken(others) == {"1"}
    assert [each is runtime for each, _ in applied] == [True, False]
    at_s = runtime.availability.now_s()
    other.availability.note([Change(watch.performance.key, at_s, SOLD, ["2"])])
    await shows(watch, "1", "2")


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


async def test_a_notice_to_look_again_is_followed(
    runtime: Runtime, other: Runtime, fan: Fan
) -> None:
    """So it comes when very much has changed at once."""
    watch = await watching(other)
    runtime.availability.publisher.unpublished = UNHEARD
    await fan.hold("5")
    async with runtime.postgres.transaction() as tx:
        notices = [f"[{watch.performance.key}]"]
        await tx.send(publisher.PUBLISH_CHANGES, channel=CHANNEL, notices=notices)
    await shows(watch, "5")


async def test_what_a_check_finds_is_news(runtime: Runtime, other: Runtime, fan: Fan) -> None:
    watch = await watching(other)
    runtime.availability.publisher.unpublished = UNHEARD
    await fan.hold("5")
    watch.made["body"] = "of before"
    follower = asyncio.create_task(watch.beat())
    await asyncio.sleep(0)
    version = watch.taken.version
    await other.availability._read(watch, 0.0)
    await asyncio.wait_for(follower, 60)
    assert watch.taken.version > version
    assert watch.made == {}


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
    before.miss()

    async def over() -> bool:
        return before.is_over

    await until(over)
    after = await runtime.availability.watch(performance)
    assert len(after.plan.plan.seats.number) == 12
    assert after.plan.digest != before.plan.digest

"""Live seats after a fault: a lost notice, a failed look, a broken connection."""

import pytest

from helpers.concerts import FIRST
from helpers.fans import Fan
from helpers.http import until
from helpers.watches import LISTENERS, UNHEARD, shows, watching
from yemae.concerts.seat_map import availability
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.settings import Settings


async def test_a_lost_notice_is_put_right_by_the_next_check(
    settings: Settings, runtime: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "CHECK_S", 1.0)
    monkeypatch.setattr(availability, "TICK_S", 0.05)
    async with open_runtime(settings) as deaf:
        watch = await watching(deaf)
        # This change is not published.
        runtime.availability.publisher.unpublished = UNHEARD
        await fan.hold("5")
        await shows(watch, "5")


async def test_what_could_not_be_published_is_published_again(
    runtime: Runtime, other: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    away = Away()
    with monkeypatch.context() as patch:
        patch.setattr(runtime.availability.publisher, "_postgres", away)
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


async def test_a_look_that_failed_is_taken_again(
    runtime: Runtime, other: Runtime, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = await watching(other)
    runtime.availability.publisher.unpublished = UNHEARD
    await fan.hold("5")
    away = Away()

    async def has_failed() -> bool:
        return away.tried > 0

    with monkeypatch.context() as patch:
        patch.setattr(other.availability, "_postgres", away)
        watch.miss()
        await until(has_failed)
    await shows(watch, "5")


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

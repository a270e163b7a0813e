"""When Valkey is away, forgets its scripts, or cannot keep what is written."""

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from helpers.concerts import load_concert
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from waiting_room.room import CONCERT, Room
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.jobs import admission_tick, sweep
from yemae.refusals import EntryTokenExpired, StoreUnavailable
from yemae.runtime import Runtime, open_runtime
from yemae.sale import places
from yemae.sale.gate import OpenPass
from yemae.settings import Settings
from yemae.waiting_room import passes
from yemae.waiting_room.keys import PARTS, keys_of
from yemae.waiting_room.places import Standing, leave
from yemae.waiting_room.tokens import QueueToken

TRANSITIONS: dict[str, Callable[[Room], Awaitable[object]]] = {
    "join": lambda room: room.join("ann"),
    "place": lambda room: room.place("ann", 1),
    "restore": lambda room: room.restore("ann", 1),
    "leave": lambda room: leave(room.valkey, CONCERT, "ann", 1),
    "check_entry": lambda room: room.check("ann", 1),
    "restore_pass": lambda room: room.restore_pass("ann", 1, 9_999_999_999),
    "extend_passes": lambda room: passes.extend_passes(
        room.valkey, CONCERT, [(room.key("ann", 1), 1)]
    ),
    "end_passes": lambda room: passes.end_passes(room.valkey, CONCERT, [room.key("ann", 1)]),
    "expire_passes": lambda room: passes.expire_passes(room.valkey, CONCERT, 1),
    "admit": lambda room: room.admit(),
    "snapshot": lambda room: room.snapshot(),
}


@pytest.fixture
def own_valkey(tmp_path: Path, database_url: str) -> Iterator[PrivateStores]:
    """A Valkey that a test may stop, start and starve."""
    stores = PrivateStores(tmp_path / "own", external=StoreUrls(database_url, ""), durable=False)
    stores.start()
    yield stores
    stores.stop()


@pytest.fixture
async def frail_room(own_valkey: PrivateStores) -> AsyncIterator[Room]:
    """A waiting room on that Valkey."""
    opened = Room(own_valkey.urls.valkey_url)
    yield opened
    await opened.close()


@pytest.fixture
async def frail(settings: Settings, own_valkey: PrivateStores) -> AsyncIterator[Runtime]:
    """A runtime on that Valkey."""
    await load_concert(settings)
    own = settings.replace(valkey_url=own_valkey.urls.valkey_url)
    async with open_runtime(own) as opened:
        yield opened


def test_all_keys_of_a_concert_share_a_hash_tag_and_no_two_concerts_do() -> None:
    assert len(set(keys_of("a"))) == len(PARTS)
    assert {re.findall(r"\{(.*?)\}", key)[0] for key in keys_of("a-b")} == {"a-b"}
    assert not set(keys_of("a")) & set(keys_of("b"))


async def test_no_transition_writes_a_key_that_was_not_announced(room: Room) -> None:
    for transition in TRANSITIONS.values():
        await transition(room)
    await room.join("ben")
    # Browser tests of the same process keep concerts with its number in the same store.
    kept = await asyncio.to_thread(room.store.keys)
    found = {key for key in kept if f"-{os.getpid()}-" not in key}
    assert found <= set(keys_of(CONCERT))


@pytest.mark.parametrize("name", TRANSITIONS)
async def test_a_script_that_valkey_has_forgotten_is_sent_again(room: Room, name: str) -> None:
    await TRANSITIONS[name](room)
    room.store.script_flush()
    await TRANSITIONS[name](room)


async def test_every_transition_refuses_while_valkey_is_away(
    frail_room: Room, own_valkey: PrivateStores
) -> None:
    await frail_room.join("ann")
    own_valkey.stop()
    for transition in TRANSITIONS.values():
        with pytest.raises(StoreUnavailable):
            await transition(frail_room)
    own_valkey.start()
    (standing,) = await frail_room.join("ann")
    assert not standing.new, "a clean stop lost a place"


async def test_a_valkey_without_memory_refuses_what_it_could_not_keep(frail_room: Room) -> None:
    await frail_room.join("ann")
    frail_room.store.config_set("maxmemory", "1")
    with pytest.raises(StoreUnavailable):
        await frail_room.join("ben")
    frail_room.store.config_set("maxmemory", "0")
    (standing,) = await frail_room.join("ben")
    assert standing.ahead == 1


async def test_a_valkey_that_cannot_write_to_its_disk_refuses_what_it_could_not_keep(
    frail_room: Room, own_valkey: PrivateStores
) -> None:
    await frail_room.join("ann")
    (own_valkey.data_dir / "valkey" / "dump.rdb").mkdir()
    frail_room.store.config_set("save", "3600 1")
    frail_room.store.bgsave()
    deadline = time.monotonic() + 60
    while frail_room.store.info("persistence")["rdb_last_bgsave_status"] == "ok":
        assert time.monotonic() < deadline, "the save did not fail"
    with pytest.raises(StoreUnavailable):
        await frail_room.join("ben")
    frail_room.store.config_set("save", "")
    assert (await frail_room.join("ben"))[0].new


async def test_an_admitted_fan_can_buy_while_valkey_is_away(
    frail: Runtime, own_valkey: PrivateStores
) -> None:
    fan = Fan(frail, "fan")
    await fan.enter()
    await fan.top_up()
    own_valkey.stop()
    await fan.check_entry()
    await fan.hold("1")
    await fan.pay()
    await assert_reconciled(frail)


async def test_a_used_pass_is_over_while_valkey_is_away_and_when_it_is_back(
    frail: Runtime, own_valkey: PrivateStores
) -> None:
    """Valkey does not know of the payment; PostgreSQL does, and then the sweep."""
    fan = Fan(frail, "fan")
    await fan.enter()
    await fan.top_up()
    own_valkey.stop()
    await fan.hold("1")
    await fan.pay()
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()
    own_valkey.start()
    await sweep.sweep(frail, frail.now().replace(second=0, microsecond=0))
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_a_pass_ends_at_the_time_in_its_token_while_valkey_is_away(
    frail: Runtime, own_valkey: PrivateStores
) -> None:
    fan = Fan(frail, "fan")
    entry = await fan.enter()
    own_valkey.stop()
    travel(frail, 590)
    assert await fan.check_entry() == OpenPass(entry, entry.expires_at_s * 1000)
    travel(frail, 11)
    with pytest.raises(EntryTokenExpired):
        await fan.check_entry()


async def test_no_new_fan_is_admitted_while_valkey_is_away(
    frail: Runtime, own_valkey: PrivateStores
) -> None:
    fan = Fan(frail, "fan")
    await fan.join()
    own_valkey.stop()
    await admission_tick.tick(frail)
    for verb in (fan.join, fan.poll):
        with pytest.raises(StoreUnavailable):
            await verb()
    own_valkey.start()
    await admission_tick.tick(frail)
    assert (await fan.poll()).word == "admitted"


async def test_a_lost_place_does_not_refuse_others_while_postgres_is_away(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Fan(runtime, "there")
    await there.join()
    assert there.token is not None
    lost = there.token._replace(user_id="lost")

    async def away(*_: object) -> set[QueueToken]:
        raise StoreUnavailable

    monkeypatch.setattr(places, "used_for_payment", away)
    first, second = await carried_out(places.place(runtime, [there.token, lost]))
    assert isinstance(first, Standing)
    assert isinstance(second, StoreUnavailable)

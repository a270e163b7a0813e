"""Which pass opens what, and what can be looked at with it: without HTTP."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from helpers.concerts import FIRST, HALL
from helpers.fans import Fan
from helpers.time_travel import travel
from yemae.back_office import queue_control
from yemae.base.shared_folder import SHARED_FOLDER
from yemae.refusals import (
    EntryProofInvalid,
    EntryTokenExpired,
    EntryTokenInvalid,
    EntryTokenMismatch,
    EntryTokenMissing,
    Refusal,
    SaleClosed,
)
from yemae.runtime import Runtime, open_runtime
from yemae.sale import gate, looks, places
from yemae.sale.batches import Batches, open_batches
from yemae.sale.gate import Entered
from yemae.settings import Settings
from yemae.store.valkey import Valkey
from yemae.values.pass_key import PassKey
from yemae.waiting_room import passes, seen_passes
from yemae.waiting_room.passes import CheckedPass
from yemae.waiting_room.tokens import EntryToken


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a server of one process."""
    return settings.replace(workers=1)


@pytest.fixture
async def entry(fan: Fan) -> EntryToken:
    """The open pass of a fan."""
    return await fan.enter()


async def entered(batches: Batches, entry: EntryToken, key: str | None = None) -> Entered:
    return await gate.enter_or_repeat(batches, entry, key)


# --- The gate -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user_id", "concert_id", "change", "refusal"),
    [
        ("fan", HALL, lambda _: None, EntryTokenMissing),
        ("fan", HALL, lambda _: "", EntryTokenMissing),
        ("fan", HALL, lambda text: text[:-8], EntryTokenInvalid),
        ("other", HALL, lambda text: text, EntryTokenMismatch),
        ("fan", "elsewhere", lambda text: text, EntryTokenMismatch),
    ],
)
async def test_a_pass_opens_its_owners_calls_about_its_concert_only(
    runtime: Runtime,
    entry: EntryToken,
    user_id: str,
    concert_id: str,
    change: Callable[[str], str | None],
    refusal: type[Refusal],
) -> None:
    text = runtime.tokens.sign_pass(entry)
    assert gate.claimed_pass(runtime, "fan", text, "", HALL) == entry
    with pytest.raises(refusal):
        gate.claimed_pass(runtime, user_id, change(text), "", concert_id)


@pytest.mark.parametrize("secret", ["", "another", "secret ", "sécret"])
def test_a_bound_pass_is_good_only_with_its_secret(runtime: Runtime, secret: str) -> None:
    # The SHA-256 of `secret`, in base64url.
    proof = "K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols"
    bound = EntryToken(HALL, "fan", 1, 2_000_000_000, proof)
    text = runtime.tokens.sign_pass(bound)
    assert gate.claimed_pass(runtime, "fan", text, "secret") == bound
    with pytest.raises(EntryProofInvalid):
        gate.claimed_pass(runtime, "fan", text, secret)


async def test_a_pass_that_is_over_lets_in_a_repeat_only(
    batches: Batches, entry: EntryToken
) -> None:
    ended = entry._replace(number=entry.number + 1)
    assert (await entered(batches, entry)).opened is not None
    assert await entered(batches, ended, "key") == Entered(ended, "key", None)
    with pytest.raises(EntryTokenExpired):
        await entered(batches, ended)


# --- The gate of reads --------------------------------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many passes each question to the waiting room was about."""
    sizes: list[int] = []
    check_entry = passes.check_entry

    async def counting(
        valkey: Valkey, concert_id: str, keys: Sequence[PassKey]
    ) -> list[CheckedPass]:
        sizes.append(len(keys))
        return await check_entry(valkey, concert_id, keys)

    monkeypatch.setattr(passes, "check_entry", counting)
    return sizes


async def test_reads_ask_once_in_a_while_and_writes_each_time(
    runtime: Runtime,
    batches: Batches,
    entry: EntryToken,
    asked: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(seen_passes, "TRUSTED_S", 3_600.0)
    for _ in range(10):
        await gate.enter_to_look(runtime, batches, entry)
    assert asked == [1]
    for _ in range(3):
        await entered(batches, entry)
    assert asked == [1] * 4
    monkeypatch.setattr(seen_passes, "TRUSTED_S", 0.0)
    await entered(batches, entry)
    await gate.enter_to_look(runtime, batches, entry)
    assert asked == [1] * 6


async def test_reads_ask_each_time_where_the_ends_of_other_processes_are_unknown(
    runtime: Runtime, entry: EntryToken, asked: list[int]
) -> None:
    several = runtime.settings.replace(workers=2)
    async with open_runtime(several) as other, open_batches(other) as theirs:
        for _ in range(3):
            await gate.enter_to_look(other, theirs, entry)
    assert asked == [1] * 3


@pytest.mark.parametrize("end", ["payment", "revocation", "leaving"])
async def test_an_end_in_one_process_of_a_server_closes_the_reads_of_all_at_once(
    runtime: Runtime,
    tmp_path: Path,
    asked: list[int],
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    monkeypatch.setattr(seen_passes, "TRUSTED_S", 3_600.0)
    several = runtime.settings.replace(workers=2)
    async with (
        open_runtime(several) as one,
        open_runtime(several) as other,
        open_batches(other) as theirs,
    ):
        fan = Fan(one, "fan")
        await fan.enter()
        assert fan.entry is not None
        for _ in range(3):
            await gate.enter_to_look(other, theirs, fan.entry)
        assert asked == [1]
        await {"payment": by_payment, "revocation": by_revocation, "leaving": by_leaving}[end](fan)
        with pytest.raises(EntryTokenExpired):
            await gate.enter_to_look(other, theirs, fan.entry)


async def by_payment(fan: Fan) -> None:
    await fan.top_up()
    await fan.hold("1")
    await fan.pay()


async def by_revocation(fan: Fan) -> None:
    assert await queue_control.revoke(fan.runtime, HALL, "op", fan.user_id)


async def by_leaving(fan: Fan) -> None:
    assert fan.token is not None
    await places.leave(fan.runtime, fan.token)


async def by_its_time(fan: Fan) -> None:
    travel(fan.runtime, 600)


@pytest.mark.parametrize("end", [by_payment, by_revocation, by_leaving, by_its_time])
async def test_an_end_in_this_process_closes_its_reads_at_once(
    runtime: Runtime,
    batches: Batches,
    entry: EntryToken,
    fan: Fan,
    monkeypatch: pytest.MonkeyPatch,
    end: Callable[[Fan], Awaitable[None]],
) -> None:
    monkeypatch.setattr(seen_passes, "TRUSTED_S", 3_600.0)
    await gate.enter_to_look(runtime, batches, entry)
    await end(fan)
    with pytest.raises(EntryTokenExpired):
        await gate.enter_to_look(runtime, batches, entry)


async def test_an_end_in_another_process_closes_writes_at_once(
    runtime: Runtime, entry: EntryToken, fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen_passes, "TRUSTED_S", 3_600.0)
    async with open_runtime(runtime.settings) as other, open_batches(other) as theirs:
        await gate.enter_to_look(other, theirs, entry)
        await by_payment(fan)
        # This is what the bound of a second is for.
        await gate.enter_to_look(other, theirs, entry)
        with pytest.raises(EntryTokenExpired):
            await entered(theirs, entry)
        # And the answer to a write counts for reads.
        with pytest.raises(EntryTokenExpired):
            await gate.enter_to_look(other, theirs, entry)


# --- Looks ----------------------------------------------------------------------------------------


async def test_a_date_that_has_begun_is_not_listed_and_has_no_seats(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    assert [left for _, left in await looks.list_dates(runtime, batches, HALL)] == [10, 10]
    seats = msgspec.json.decode((await looks.list_seats(runtime, batches, entry, FIRST)).body)
    assert len(seats["seats"]) == 10
    hall, date = runtime.catalogue.concert(HALL), runtime.catalogue.performance(FIRST)
    begun = date._replace(starts_at=runtime.now())
    runtime.catalogue.performances[FIRST] = begun
    dates = (begun, *hall.performances[1:])
    runtime.catalogue.queues[HALL] = msgspec.structs.replace(hall, performances=dates)
    assert [date.id for date, _ in await looks.list_dates(runtime, batches, HALL)] == ["hall-2"]
    seats = msgspec.json.decode((await looks.list_seats(runtime, batches, entry, FIRST)).body)
    assert seats["seats"] == []
    with pytest.raises(SaleClosed):
        await looks.watch_seats(runtime, entry, FIRST)


async def test_seats_are_shown_to_a_pass_of_their_concert(
    runtime: Runtime, batches: Batches, entry: EntryToken
) -> None:
    elsewhere = entry._replace(concert_id="elsewhere")
    for look in (
        looks.list_seats(runtime, batches, elsewhere, FIRST),
        looks.watch_seats(runtime, elsewhere, FIRST),
    ):
        with pytest.raises(EntryTokenMismatch):
            await look

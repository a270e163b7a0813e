"""The end of the fault run: what is open settles, and the books are compared with the bank's."""

import asyncio
import hashlib
import hmac
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import httpx
import msgspec

from bench.bank import CALM
from bench.faults_fans import Said
from bench.faults_stage import Stage
from bench.serving import SECRET_KEY
from yemae.base.signing import key_for
from yemae.base.web_client import NoAnswerError, WebClient
from yemae.http.test_bank.charges import BankEntry
from yemae.http.test_bank.routes import CHARGES, KEY_OF_CALLS, KEY_OF_WEBHOOKS, SIGNATURE
from yemae.jobs.send_refunds import send_refunds
from yemae.runtime import Runtime, open_runtime
from yemae.sale.decide_checkouts import IN_DOUBT_MAX
from yemae.sale.settle import settle_checkout

LOOK_S = 1.0
LIST_S = 120.0
# All checkouts are read at once.
READ_S = 120
PIECE = 200
OPEN = b"""
    select id from checkouts where settled_at is null
    union select checkout_id from refunds
    where destination = 'checkout' and state in ('pending', 'in_doubt')
    order by id"""
BOOKS = b"""
    select c.id, c.state, c.amount, c.order_id,
           coalesce(r.amount, 0)::bigint as refunded
    from checkouts as c
    left join (
        select checkout_id, sum(amount) as amount from refunds
        where state = 'settled' group by checkout_id
    ) as r on r.checkout_id = c.id"""
PAID = b"select order_id from payments where order_id = any(%(ids)s)"


class WrongBooksError(Exception):
    """The books are not what they have to be."""


class Settled(NamedTuple):
    """Checkouts that were open when the last fan had gone."""

    by_itself: int
    seconds: float
    # Of these, those for which the clock had to be moved.
    past_cap: int


class Compared(NamedTuple):
    """What both books have."""

    states: Counter[str]
    at_bank: int
    in_books: int


async def settle_the_rest(stage: Stage, within_s: float) -> Settled:
    """Wait until no checkout is open, with a bank that answers and sends again what was not heeded;
    what is left after that has to settle once the clock is past the cap. Raises
    WrongBooksError."""
    began = time.monotonic()
    async with open_runtime(stage.settings) as runtime:
        await _calm(stage)
        at_first = still_open = await _open(runtime)
        while still_open and time.monotonic() - began < within_s:
            await _send_webhooks(stage, still_open[:PIECE])
            await asyncio.sleep(LOOK_S)
            still_open = await _open(runtime)
        took = time.monotonic() - began
        left = len(still_open)
        if still_open:
            await _settle_past_the_cap(runtime, still_open)
            still_open = await _open(runtime)
    if still_open:
        raise WrongBooksError(
            f"{len(still_open)} checkouts are open past their cap: {still_open[:5]}"
        )
    return Settled(len(at_first), took, left)


async def _settle_past_the_cap(runtime: Runtime, ids: Sequence[UUID]) -> None:
    past_s = IN_DOUBT_MAX.total_seconds() + 60
    runtime.postgres.clock_offset_s += past_s
    runtime.clock.clock_offset_s += past_s
    runtime.valkey.clock_offset_ms += round(past_s * 1000)
    for checkout_id in ids:
        await settle_checkout(runtime, checkout_id)
    # Refunds to cards as well.
    while await send_refunds(runtime):
        pass


async def _open(runtime: Runtime) -> list[UUID]:
    async with runtime.postgres.transaction() as tx:
        return [row.id for row in await tx.fetch(OPEN)]


async def _calm(stage: Stage) -> None:
    web = WebClient(LIST_S, 1)
    try:
        await web.ask("POST", stage.bank_url + CALM, {})
    finally:
        await web.close()


async def _send_webhooks(stage: Stage, ids: Sequence[UUID]) -> None:
    key, web = key_for(SECRET_KEY, KEY_OF_WEBHOOKS), WebClient(LIST_S, 16)

    async def send(charge_id: UUID) -> None:
        body = msgspec.json.encode({"charge": charge_id})
        headers = {
            "Content-Type": "application/json",
            SIGNATURE: hmac.new(key, body, hashlib.sha256).hexdigest(),
        }
        try:
            await web.ask("POST", f"{stage.url}/v1/hooks/test", headers, body)
        except NoAnswerError:
            return

    try:
        await asyncio.gather(*(send(charge_id) for charge_id in ids))
    finally:
        await web.close()


async def compare(stage: Stage, said: Said) -> Compared:
    """Compare our books with those of the bank, and with what fans were answered. Raises
    WrongBooksError."""
    charges = await _charges(stage)
    patient = stage.settings.replace(postgres_transaction_timeout_s=READ_S)
    async with open_runtime(patient) as runtime, runtime.postgres.transaction(frozen=True) as tx:
        rows = await tx.fetch(BOOKS)
        paid = {row.order_id for row in await tx.fetch(PAID, ids=said.paid_orders)}
    states: Counter[str] = Counter(row.state for row in rows)
    captured = {row.id for row in rows if row.state == "captured"}
    if lost := set(said.captured) - captured:
        raise WrongBooksError(f"captured as answered, and not in the books: {sorted(lost)[:5]}")
    if lost := set(said.paid_orders) - paid:
        raise WrongBooksError(f"paid as answered, and not in the books: {sorted(lost)[:5]}")
    in_books = 0
    for row in rows:
        expected = row.amount - row.refunded if row.state == "captured" else 0
        in_books += expected
        charge = charges.pop(row.id, None)
        has = 0 if charge is None else charge.captured - charge.refunded
        if has != expected:
            raise WrongBooksError(
                f"checkout {row.id} ({row.state}): {expected}, at the bank {charge}"
            )
    if charges:
        raise WrongBooksError(f"charges that no checkout has: {list(charges)[:5]}")
    return Compared(states, in_books, in_books)


async def _charges(stage: Stage) -> dict[UUID, BankEntry]:
    headers = {"Authorization": f"Bearer {key_for(SECRET_KEY, KEY_OF_CALLS).hex()}"}
    # Longer than what the client of a provider reads.
    async with httpx.AsyncClient(trust_env=False, timeout=LIST_S) as bank:
        answer = await bank.get(stage.bank_url + CHARGES, headers=headers)
    listed = msgspec.json.decode(answer.content, type=list[BankEntry])
    return {entry.id: entry for entry in listed}

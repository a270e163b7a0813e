"""잔액 · Top-ups, each key once."""

from functools import partial
from typing import TYPE_CHECKING

from yemae.accounts import users
from yemae.base.batching import Done, Later, decided_apart
from yemae.refusals import InvalidRequest, TopUpClosed
from yemae.runtime import Runtime
from yemae.sale import row_locks
from yemae.sale.replays import by_key, keys_of, latest, new_answers
from yemae.wallet import ledger
from yemae.wallet import room as room_book
from yemae.wallet.decide import TopUpRequest, Transfer, decide_top_ups

if TYPE_CHECKING:
    from yemae.sale.batches import Batches

NO_ROOM = Later(row_locks.LockedRow("room", ""))


async def top_up_wallet(
    runtime: Runtime, batches: "Batches", user_id: str, amount: int, key: str
) -> Transfer:
    """Credit an amount once for each Idempotency-Key. Raises TopUpClosed unless money is free
    here, InvalidRequest, RateLimited, IdempotencyConflict or BalanceLimitExceeded."""
    if runtime.settings.top_ups() != "free":
        raise TopUpClosed
    most = runtime.settings.sale.largest_balance
    if amount > most:
        raise InvalidRequest.of("amount", f"Expected `int` <= {most}")
    batches.top_ups.count(user_id)
    return await batches.top_up.submit(TopUpRequest(user_id, amount, key))


async def top_up(
    runtime: Runtime, requests: list[TopUpRequest], *, wait: bool = True
) -> Done[Transfer]:
    """Credit all top-ups of the same moment, each key once."""
    fans = [request.user_id for request in requests]
    async with runtime.postgres.transaction() as tx:
        await users.ensure_users(tx, fans)
        await ledger.ensure_wallets(tx, fans, runtime.settings.sale.currency)
        wallets_sent = await ledger.lock_wallets(tx, fans, wait=wait)
        earlier_sent = await ledger.top_ups_by_key(tx, keys_of(requests))
        wallets = await wallets_sent.rows()
        earlier = by_key(await earlier_sent.rows())
        busy = row_locks.busy_of_top_ups(wallets)
        decide = partial(
            decide_top_ups,
            balances=ledger.balances(wallets),
            earlier=earlier,
            now=latest(wallets),
            balance_max=runtime.settings.sale.largest_balance,
            currency=runtime.settings.sale.currency,
            new_id=runtime.new_id,
        )
        answers = decided_apart(requests, busy, row_locks.rows_of_top_up, decide)
        made = new_answers(answers, earlier.values())
        if made and (sum_max := runtime.settings.sale.wallets_sum_max):
            needed = sum(transfer.amount for transfer in made)
            room = await room_book.take_room(tx, needed, sum_max, wait=wait)
            if room.amount < needed:
                decide = partial(decide, room=room.amount)
                answers = decided_apart(requests, busy, row_locks.rows_of_top_up, decide)
                made = new_answers(answers, earlier.values())
            await room_book.leave_room(tx, room, sum(transfer.amount for transfer in made))
            if not wait:
                # Another part may have room: the second try locks and counts all.
                answers = [NO_ROOM if isinstance(a, TopUpClosed) else a for a in answers]
        await ledger.append(tx, made)
    return Done(answers)

"""계정으로 옮기기 · Merge: what a guest has moves into an account.

One transaction, under the turns of both: the orders with their tickets, the balance, and the end of
the guest's sign-ins. Codes of tickets, links and addresses for mail go with their orders. It waits
for nothing that is under way: a live hold or an open card payment is the guest's to finish. Places
in the queue follow after the commit, at their numbers. A repeat is answered as before, with the
places that the account has by now, because the answer of the first time may not have arrived.
"""

from collections.abc import Container, Sequence
from typing import NamedTuple
from uuid import UUID

from yemae.accounts import merged_users, sign_outs, users
from yemae.accounts.access import GuestSession
from yemae.accounts.merged_users import Merge
from yemae.base.batching import FollowUp, follow_up
from yemae.orders import orders
from yemae.refusals import (
    BalanceLimitExceeded,
    ConcertNotFound,
    GuestKeyInvalid,
    InvalidRequest,
    QueueTokenExpired,
    QueueTokenInvalid,
    Refusal,
    StoreUnavailable,
    Unauthenticated,
)
from yemae.runtime import Runtime, Stores
from yemae.sale import gate, policy
from yemae.sale.decide_merges import exceeded_limit, transfers_of
from yemae.sale.places import leave, place
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries
from yemae.waiting_room import places, queue_numbers
from yemae.waiting_room.tokens import QueueToken
from yemae.wallet import ledger

HOLDS = "the guest holds seats: pay for them or release them, or wait until the hold ends"
CHECKOUTS = "a card payment of the guest is not settled: wait until it has ended"
DRAWN = "a place that was drawn stays with its guest: give it up, or wait until its turn is over"
ITSELF = "is of the signed-in user"
# Guests with late money that one run of the job takes.
STEP_MAX = 100


class OpenOfGuest(NamedTuple):
    """What the guest's own sign-in is still needed for."""

    has_holds: bool
    has_checkouts: bool


class MovedOrder(NamedTuple):
    """An order of the guest."""

    id: UUID


class Merged(NamedTuple):
    """What has moved, the balance of the account, and the places with their new queue tokens."""

    orders: int
    amount: int
    balance: int
    places: Sequence[tuple[QueueToken, str]] = ()


QUERIES = load_queries(__file__, "merge.sql")
OPEN_OF_GUEST = Query(QUERIES["what_guest_has_open"], OpenOfGuest)
LOCK_ORDERS_OF_FAN = Query(QUERIES["lock_orders_of_fan"], MovedOrder)
MOVE_ORDERS = QUERIES["move_orders"]


async def keep_guest(
    runtime: Runtime, user_id: str, issued_s: float, guest_key: str, queue_tokens: Sequence[str]
) -> Merged:
    """Move everything of the guest with this key into the account of a token issued at `issued_s`.
    `queue_tokens` are places of the guest; others, and those that are over, are passed over. Raises
    GuestKeyInvalid, Unauthenticated, InvalidRequest, SeatLimitExceeded, BalanceLimitExceeded or
    StoreUnavailable."""
    guest = runtime.issuer.guest_session(guest_key)
    if guest.user_id == user_id:
        raise InvalidRequest.of("guest_key", ITSELF)
    tokens = [token for text in queue_tokens if (token := _place_of(runtime, guest.user_id, text))]
    live = [token for token in tokens if await _is_live(runtime, token)]
    if any(queue_numbers.is_drawn(token.number) for token in live):
        raise InvalidRequest.of("queue_tokens", DRAWN)
    async with runtime.postgres.transaction() as tx:
        done, ended_s = await _merge(tx, runtime, guest, user_id, issued_s)
    if ended_s is not None:
        runtime.issuer.sign_outs.note(guest.user_id, ended_s)
    return done._replace(places=await _move_places(runtime, user_id, tokens, live))


async def carry_on(stores: Stores) -> int:
    """Move money on that came to merged guests after all, such as a top-up by card. Returns of how
    many. Raises StoreUnavailable."""
    async with stores.postgres.transaction() as tx:
        late = await merged_users.with_money(tx, STEP_MAX)
    for guest_id, _ in late:
        async with stores.postgres.transaction() as tx:
            await orders.lock_buyers(tx, [guest_id])
            merge = await merged_users.merge_of(tx, guest_id)
            assert merge is not None, "a merge is never taken back"
            await _move_balance(tx, stores, guest_id, merge.user_id, balance_max=None)
    return len(late)


async def _merge(
    tx: Transaction, runtime: Runtime, guest: GuestSession, user_id: str, issued_s: float
) -> tuple[Merged, float | None]:
    """What moved, and when the guest's sign-ins ended; None: they had before."""
    await orders.lock_buyers(tx, [guest.user_id, user_id])
    await _require_signed_in(tx, user_id, issued_s)
    earlier = await merged_users.merge_of(tx, guest.user_id)
    if earlier is not None:
        if earlier.user_id != user_id:
            raise GuestKeyInvalid
        wallet = await ledger.wallet_of(tx, user_id)
        return Merged(earlier.orders, earlier.amount, wallet.balance if wallet else 0), None
    if await sign_outs.has_ended(tx, guest.user_id, guest.issued_s):
        raise GuestKeyInvalid
    at_hand = await (await tx.send(OPEN_OF_GUEST, user_id=guest.user_id)).one()
    if at_hand.has_holds:
        raise InvalidRequest.of("orders", HOLDS)
    if at_hand.has_checkouts:
        raise InvalidRequest.of("checkouts", CHECKOUTS)
    counts = await (await orders.seats_of_buyers(tx, [guest.user_id, user_id])).rows()
    if (too_many := exceeded_limit(guest.user_id, user_id, counts, runtime.catalogue)) is not None:
        raise too_many
    await users.ensure_users(tx, [guest.user_id, user_id])
    most = runtime.settings.sale.largest_balance
    amount, balance = await _move_balance(tx, runtime, guest.user_id, user_id, balance_max=most)
    moved = [row.id for row in await tx.fetch(LOCK_ORDERS_OF_FAN, user_id=guest.user_id)]
    await tx.execute(MOVE_ORDERS, user_id=user_id, order_ids=moved)
    await merged_users.write(tx, guest.user_id, Merge(user_id, len(moved), amount))
    ended_s = await sign_outs.sign_out(tx, guest.user_id, guest.issued_s)
    return Merged(len(moved), amount, balance), ended_s


async def _require_signed_in(tx: Transaction, user_id: str, issued_s: float) -> None:
    """The account may have been deleted, merged or signed out just now, on another node."""
    if await sign_outs.has_ended(tx, user_id, issued_s):
        raise Unauthenticated
    if await merged_users.merge_of(tx, user_id) is not None:
        raise Unauthenticated


async def _move_balance(
    tx: Transaction, stores: Stores, guest_id: str, user_id: str, *, balance_max: int | None
) -> tuple[int, int]:
    """Move the guest's balance. Returns it, and the account's balance after it. Raises
    BalanceLimitExceeded."""
    currency = stores.settings.sale.currency
    await ledger.ensure_wallets(tx, [user_id], currency)
    wallets = await (await ledger.lock_wallets(tx, [guest_id, user_id])).rows()
    balances = ledger.balances(wallets)
    amount, balance = balances.get(guest_id, 0), balances[user_id]
    if not amount:
        return 0, balance
    if balance_max is not None and balance + amount > balance_max:
        raise BalanceLimitExceeded(balance_max, currency)
    now = max(row.now for row in wallets)
    lines = transfers_of(guest_id, user_id, amount, balance, now, stores.new_id)
    await ledger.append(tx, lines)
    return amount, balance + amount


def _place_of(runtime: Runtime, guest_id: str, text: str) -> QueueToken | None:
    """The place of a guest's queue token that has not expired."""
    try:
        token = gate.claimed_place(runtime, text)
    except (QueueTokenInvalid, QueueTokenExpired, ConcertNotFound):
        return None
    return token if token.user_id == guest_id else None


async def _is_live(runtime: Runtime, token: QueueToken) -> bool:
    """Whether the guest waits at this place, or was admitted with it. Raises StoreUnavailable."""
    (standing,) = (await place(runtime, [token])).answers
    if isinstance(standing, StoreUnavailable):
        raise standing
    return not isinstance(standing, Refusal)


async def _move_places(
    runtime: Runtime, user_id: str, tokens: Sequence[QueueToken], live: Container[QueueToken]
) -> list[tuple[QueueToken, str]]:
    """The same places for the account, where it has them now. The guest's own place ends then, or
    is passed over as its fan is absent; one that the account cannot take stays the guest's."""
    moved = []
    for token in tokens:
        own = token._replace(user_id=user_id)
        if token in live:
            if not await _takes(runtime, own):
                continue
            await follow_up("merge", [_left(runtime, token)])
        elif not await _has(runtime, own):
            continue
        opens_at = runtime.catalogue.queue(own.concert_id).sale_opens_at
        moved.append((own, runtime.tokens.sign_place(own, int(opens_at.timestamp()))))
    return moved


async def _takes(runtime: Runtime, own: QueueToken) -> bool:
    """Whether the account has this place now. A token is the place, so a store that is away has it
    once it is polled."""
    (standing,) = (await place(runtime, [own])).answers
    return isinstance(standing, StoreUnavailable) or not isinstance(standing, Refusal)


async def _has(runtime: Runtime, own: QueueToken) -> bool:
    """Whether the account has this place since an earlier move. One that is over is not restored,
    because it was over as the guest's."""
    pace = policy.pace(runtime, runtime.catalogue.queue(own.concert_id))
    try:
        (standing,) = await places.place(runtime.valkey, own.concert_id, [own], pace)
    except StoreUnavailable:
        return False
    return standing.word in ("waiting", "admitted") and standing.number == own.number


def _left(runtime: Runtime, token: QueueToken) -> FollowUp:
    return FollowUp("leave place", lambda: leave(runtime, token))

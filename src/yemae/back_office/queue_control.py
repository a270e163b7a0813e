"""Control of a concert's queue while it runs: what an operator may do, over HTTP and as a command.

A change and its line in the log are one transaction, and every node works by the change within
a second. What is done in the waiting room itself (revoke, reopen, admit) is written into
the log first, so that nothing is done that is not in it. `who` is a user id, or cli:<system user>.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from yemae.accounts import users
from yemae.base import metrics
from yemae.base.batching import follow_up
from yemae.concerts import controls, messages
from yemae.concerts.catalogue import Control
from yemae.concerts.controls import Action, Queue
from yemae.concerts.queue_settings import CurrentSettings
from yemae.refusals import ConcertNotFound, PrequeueBegun, SaleAlreadyOpen
from yemae.runtime import Stores
from yemae.sale import admission, follow_ups, gate, places
from yemae.store.postgres import Transaction
from yemae.waiting_room import counts

NUMBER = re.compile(r"\d{1,18}", re.ASCII)
# What the log calls a move to each state of control.
VERBS: dict[Control, str] = {"running": "resume", "paused": "pause", "draining": "drain"}
# What is done to the queue itself: such a line of the log names no fan and no order.
OF_QUEUE = frozenset({"set", "open-now", "admit", *VERBS.values()})


async def change(stores: Stores, concert_id: str, who: str, given: Mapping[str, Any]) -> None:
    """Change these settings; None resets one to the concert file's. Raises ConcertNotFound,
    InvalidRequest, SaleAlreadyOpen or PrequeueBegun."""
    async with stores.postgres.transaction() as tx:
        before = await _lock(tx, concert_id)
        own = before.controls.overrides
        wanted = messages.settled(own, given, stores.now())
        changes = {name: to for name, to in wanted.items() if to != own.get(name)}
        after = controls.changed(before, changes)
        _require_one_draw(stores, before, after)
        _require_one_kind_of_numbers(stores, before, after)
        if changes:
            # What holds from now on: of a setting that is reset, the file's value.
            held, holds = before.effective(), after.effective()
            details = {
                name: {"from": _logged(held, name), "to": _logged(holds, name)} for name in changes
            }
            await _write(tx, stores, concert_id, after, who, "set", details)
    await follow_up("control", follow_ups.after_control(stores))


async def steer(stores: Stores, concert_id: str, who: str, control: Control) -> None:
    """Pause (no admission), drain (no new joins) or run as usual; idempotent. Raises
    ConcertNotFound."""
    async with stores.postgres.transaction() as tx:
        before = await _lock(tx, concert_id)
        if before.controls.control != control:
            after = before._replace(controls=before.controls._replace(control=control))
            details = {"from": before.controls.control, "to": control}
            await _write(tx, stores, concert_id, after, who, VERBS[control], details)
    await follow_up("control", follow_ups.after_control(stores))


async def open_now(stores: Stores, concert_id: str, who: str) -> None:
    """Open the sale at this moment. Raises ConcertNotFound or SaleAlreadyOpen."""
    async with stores.postgres.transaction() as tx:
        before = await _lock(tx, concert_id)
        now = stores.now()
        planned = before.effective().sale_opens_at
        if planned <= now:
            raise SaleAlreadyOpen
        after = before.having({"sale_opens_at": now})
        details = {"sale_opens_at": {"from": planned, "to": now}}
        await _write(tx, stores, concert_id, after, who, "open-now", details)
    await follow_up("control", follow_ups.after_control(stores))


async def revoke(stores: Stores, concert_id: str, who: str, user_id: str) -> bool:
    """End a fan's pass. Returns whether there was one; raises ConcertNotFound."""
    await _log(stores, concert_id, who, "revoke", {"user_id": user_id})
    return await gate.revoke(stores, concert_id, user_id)


async def reopen(stores: Stores, concert_id: str, who: str, user_id: str, reason: str) -> bool:
    """Give a fan their last place back, which is over. Returns False where they have a place, never
    had one, or have bought with it; raises ConcertNotFound."""
    await _log(stores, concert_id, who, "reopen", {"user_id": user_id, "reason": reason})
    return await places.reopen(stores, concert_id, user_id)


async def find_user(stores: Stores, concert_id: str, name: str) -> str:
    """The id of the account with this e-mail address, or of the fan with this queue number at the
    concert; anything else is an id already, as another issuer may use either for them. Raises
    ConcertNotFound."""
    stores.catalogue.queue(concert_id)
    if NUMBER.fullmatch(name):
        return await _owner(stores, concert_id, name)
    if "@" not in name:
        return name
    async with stores.postgres.transaction() as tx:
        account = await users.by_email(tx, name)
    return name if account is None else account.user.id


async def _owner(stores: Stores, concert_id: str, name: str) -> str:
    """Whose queue number this is; a fan whose id it is comes first."""
    found = name
    async for user_id, number in counts.every_place(stores.valkey, concert_id):
        if user_id == name:
            return name
        if number == int(name):
            found = user_id
    return found


async def admit(stores: Stores, concert_id: str, who: str, count: int) -> int:
    """Admit `count` fans immediately, ignoring `admit_per_minute` but not `active_limit`. Returns
    how many were admitted; raises ConcertNotFound."""
    concert = stores.catalogue.queue(concert_id)
    await _log(stores, concert_id, who, "admit", {"count": count})
    done = await admission.admit(stores, concert, at_once=count)
    metrics.ADMITTED.labels(concert_id).inc(done.admitted)
    return done.admitted


async def actions(
    stores: Stores, concert_id: str, *, before: UUID | None, limit: int, of_queue: bool = False
) -> list[Action]:
    """The log, newest first; only lines before `before`, and `of_queue` only what was done to the
    queue itself. It stays when its concert is removed. Raises ConcertNotFound where there is
    neither."""
    only = sorted(OF_QUEUE) if of_queue else None
    async with stores.postgres.transaction() as tx:
        found = await controls.actions(tx, concert_id, only=only, before=before, limit=limit)
    if not found:
        stores.catalogue.queue(concert_id)
    return found


def _require_one_draw(stores: Stores, before: Queue, after: Queue) -> None:
    """Raise SaleAlreadyOpen rather than let a draw wait for another opening: its seed is public
    since the first."""
    opened_at, becomes = before.effective().sale_opens_at, after.effective()
    opens_again = opened_at <= stores.now() < becomes.sale_opens_at
    if opens_again and becomes.queueing_method == "draw":
        raise SaleAlreadyOpen


def _require_one_kind_of_numbers(stores: Stores, before: Queue, after: Queue) -> None:
    """Raise PrequeueBegun rather than mix drawn numbers with others before the sale."""
    was, becomes, now = before.effective(), after.effective(), stores.now()
    prequeue_opens_at = was.prequeue_opens_at
    has_begun = prequeue_opens_at is None or prequeue_opens_at <= now
    methods = {was.queueing_method, becomes.queueing_method}
    if has_begun and now < was.sale_opens_at and len(methods) == 2 and "draw" in methods:
        raise PrequeueBegun


def _logged(settings: CurrentSettings, name: str) -> object:
    value = getattr(settings, name)
    return None if value == "" else value  # An empty message is none.


async def _lock(tx: Transaction, concert_id: str) -> Queue:
    queue = await controls.lock(tx, concert_id)
    if queue is None:
        raise ConcertNotFound
    return queue


async def _write(
    tx: Transaction,
    stores: Stores,
    concert_id: str,
    after: Queue,
    who: str,
    action: str,
    details: Mapping[str, Any],
) -> None:
    await controls.write(tx, concert_id, after.controls, who)
    # The id is made under the lock, so that the log is in the order of the changes.
    await controls.log(tx, stores.new_id(), concert_id, who, action, details)


async def _log(
    stores: Stores, concert_id: str, who: str, action: str, details: Mapping[str, Any]
) -> None:
    async with stores.postgres.transaction() as tx:
        await _lock(tx, concert_id)
        await controls.log(tx, stores.new_id(), concert_id, who, action, details)

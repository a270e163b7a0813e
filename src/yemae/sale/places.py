"""대기열 · Place: where a fan stands; and leave, which gives the place up; and how operators give
a place back."""

from yemae.base.batching import Done
from yemae.payments import payments
from yemae.refusals import (
    QueueTokenExpired,
    Refusal,
    StoreUnavailable,
)
from yemae.runtime import Runtime, Stores
from yemae.sale import policy
from yemae.sale.gate import each_concert, used_for_payment
from yemae.values.pass_key import PassKey
from yemae.waiting_room import places
from yemae.waiting_room.places import Standing
from yemae.waiting_room.tokens import QueueToken


async def place(runtime: Runtime, requests: list[QueueToken]) -> Done[Standing]:
    """Where each fan stands. A place that the store has lost is restored from its token."""
    return Done(await each_concert(requests, lambda id_, group: _place(runtime, id_, group)))


async def _place(
    runtime: Runtime, concert_id: str, tokens: list[QueueToken]
) -> dict[QueueToken, Standing | Refusal]:
    pace = policy.pace(runtime, runtime.catalogue.queue(concert_id))
    standings = await places.place(runtime.valkey, concert_id, tokens, pace)
    answers = dict(zip(tokens, map(_placed, standings), strict=True))
    lost = [token for token, at in zip(tokens, standings, strict=True) if at.word == "lost"]
    if lost:
        try:
            used = await used_for_payment(runtime, lost)
        except StoreUnavailable as refusal:
            # The others of this batch don't need PostgreSQL.
            return answers | dict.fromkeys(lost, refusal)
        back = [token for token in lost if token not in used]
        await places.restore(runtime.valkey, concert_id, back, pace)
        standings = await places.place(runtime.valkey, concert_id, back, pace)
        answers |= dict.fromkeys(used, QueueTokenExpired())
        answers |= dict(zip(back, map(_placed, standings), strict=True))
    return answers


def _placed(standing: Standing) -> Standing | Refusal:
    if standing.word in ("waiting", "admitted"):
        return standing
    # Lost again after it was restored: the store is losing its data just now.
    return StoreUnavailable() if standing.word == "lost" else QueueTokenExpired()


async def leave(runtime: Runtime, token: QueueToken) -> None:
    """Give a place up, waiting or inside."""
    with runtime.seen_passes.ending([(token.concert_id, token.user_id)]):
        await places.leave(runtime.valkey, token.concert_id, token.user_id, token.number)


async def reopen(stores: Stores, concert_id: str, user_id: str) -> bool:
    """Give a fan their last place back at an operator's word, unless they have another, have bought
    with it, or may just be buying. It is theirs when they come back within the time of an absent
    fan. Raises ConcertNotFound or StoreUnavailable."""
    queue = stores.catalogue.queue(concert_id)
    seen = await places.standing(stores.valkey, queue.id, user_id)
    if seen.word != "over":
        return False
    key = PassKey(queue.id, user_id, int(seen.number))
    async with stores.postgres.transaction() as tx:
        await payments.forget_revoked_pass(tx, key)
        used = await (await payments.passes_used(tx, [key])).row()
    return used is None and await places.reopen(stores.valkey, *key, queue.place_ttl_s)

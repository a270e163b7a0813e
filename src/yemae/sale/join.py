"""대기열 · Join: every fan gets a place, the one they have or a new one."""

from typing import NamedTuple

from yemae.base.batching import Done
from yemae.refusals import (
    PresaleCodeInvalid,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    QueueClosed,
    RateLimited,
    Refusal,
)
from yemae.runtime import Runtime
from yemae.sale import policy
from yemae.sale.gate import each_concert
from yemae.waiting_room import places
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.places import Joining, Standing


class JoinRequest(NamedTuple):
    """A fan who wants a place."""

    concert_id: str
    user_id: str
    # A priority group's, or 0, the general one.
    lane: int = 0
    # Where it comes from; empty: unknown, and not counted.
    address: str = ""
    # A challenge of this concert that they have solved.
    solved: Solved | None = None
    # Whether they gave a presale code, and which: '', 'right' or 'wrong'.
    code: str = ""


async def join(runtime: Runtime, requests: list[JoinRequest]) -> Done[Standing]:
    """Give everybody their place: the one they have, or a new one."""
    return Done(await each_concert(requests, lambda id_, group: _join(runtime, id_, group)))


async def _join(
    runtime: Runtime, concert_id: str, requests: list[JoinRequest]
) -> dict[JoinRequest, Standing | Refusal]:
    concert = runtime.catalogue.concert(concert_id)
    is_draw = concert.queueing_method == "draw"
    fans = [
        Joining(
            request.user_id,
            request.lane,
            policy.drawn_number(concert, request.user_id) if is_draw else None,
            request.address,
            request.solved,
            request.code,
        )
        for request in requests
    ]
    standings = await places.join(
        runtime.valkey,
        concert_id,
        fans,
        policy.pace(runtime, concert),
        door=policy.join_door(concert, runtime.now()),
        opens_at_ms=policy.unix_ms(concert.sale_opens_at),
        entry_ttl_s=concert.entry_ttl_s,
        joins_per_address=concert.joins_per_address_per_minute,
        proof_kept_s=runtime.challenges.kept_s if concert.proof_of_work else 0,
        wrong_codes_max=runtime.settings.presale_code_failures_per_address_per_minute,
    )
    return dict(zip(requests, map(_joined, standings), strict=True))


def _joined(standing: Standing) -> Standing | Refusal:
    match standing.word:
        case "refused":
            return QueueClosed()
        case "unproven":
            return ProofOfWorkRequired()
        case "used":
            return ProofOfWorkInvalid()
        case "wrong_code":
            return PresaleCodeInvalid()
        case "too_many":
            return RateLimited(standing.retry_after_s)
    return standing

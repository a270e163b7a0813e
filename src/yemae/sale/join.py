"""대기열 · Join: every fan gets a place, the one they have or a new one.

`may_join` is the gate, before the body of a request is read. `join_queue` decides for one fan what
needs no store (the phase and the lane that groups or a presale code open, the proof of work) and
submits to the batch. `join` is the batch; Valkey decides there what is counted for all nodes: joins
and wrong codes of an address, used proofs.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from yemae.accounts.access import Identity
from yemae.base.batching import Done
from yemae.concerts.catalogue import Concert
from yemae.refusals import (
    Overloaded,
    PresaleCodeInvalid,
    PresaleCodeRequired,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    QueueClosed,
    RateLimited,
    Refusal,
    StoreUnavailable,
)
from yemae.runtime import Runtime
from yemae.sale import phases, policy
from yemae.sale.gate import each_concert
from yemae.sale.phases import ChosenQueue
from yemae.sale.place_states import AnyPlace, place_of
from yemae.values.instants import unix_ms
from yemae.waiting_room import pace, places
from yemae.waiting_room.challenges import Solved
from yemae.waiting_room.places import CodeWord, Joining, JoinRules, Standing
from yemae.waiting_room.tokens import QueueToken

if TYPE_CHECKING:
    from yemae.sale.batches import Batches


class Newcomer(Struct, frozen=True):
    """A fan who asks for a place, and what they bring to it."""

    identity: Identity
    # The network that the fan comes from; called only where it counts.
    address: Callable[[], str]
    presale_code: str | None = None
    # The solution of a challenge.
    altcha: str | None = None
    # The SHA-256 of a secret that the fan keeps; empty: the place is not bound to one.
    proof: str = ""


class JoinedPlace(Struct, frozen=True):
    """A place with its queue token, and whether it is new."""

    place: AnyPlace
    queue_token: str
    is_new: bool


REFUSALS: dict[str, type[Refusal]] = {
    "refused": QueueClosed,
    "unproven": ProofOfWorkRequired,
    "used": ProofOfWorkInvalid,
    "wrong_code": PresaleCodeInvalid,
    "code_needed": PresaleCodeRequired,
}
# Wrong presale codes per minute for one concert from one network address.
WRONG_CODES_MAX = 30


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
    # Whether they gave a presale code, and which.
    code: CodeWord = ""


def may_join(
    runtime: Runtime, batches: "Batches", user_id: str, concert_id: str
) -> tuple[Concert, ...]:
    """The gate of a join: the queues of the concert, or the one of a phase, that can be joined now.
    Raises ConcertNotFound, RateLimited or QueueNotOpen."""
    named = runtime.catalogue.queue(concert_id)
    batches.joins.count(user_id)
    return phases.joinable(named, runtime.now(), policy.sold_out_phases(runtime, named))


async def join_queue(
    runtime: Runtime, batches: "Batches", queues: Sequence[Concert], fan: Newcomer
) -> JoinedPlace:
    """The fan's place in one of these queues: the one they have, or a new one. Raises QueueClosed,
    PresaleCodeInvalid, PresaleCodeRequired, ProofOfWorkRequired, ProofOfWorkInvalid, RateLimited,
    Overloaded or StoreUnavailable."""
    user_id, groups = fan.identity.user_id, fan.identity.groups
    choice = phases.choose(queues, groups, fan.presale_code, runtime.presale_codes)
    concert = choice.queue
    request = _request(runtime, choice, fan, user_id)
    try:
        standing = await batches.join.submit(request)
    except (Overloaded, StoreUnavailable) as refusal:
        raise _later(runtime, concert, refusal) from refusal
    token = QueueToken(concert.id, request.user_id, standing.number, standing.lane, fan.proof)
    board = runtime.board
    view = board.latest(concert.id) or await board.view(concert.id)
    return JoinedPlace(
        place_of(runtime, token, standing, view),
        runtime.tokens.sign_place(token, int(concert.sale_opens_at.timestamp())),
        standing.new,
    )


def _request(runtime: Runtime, choice: ChosenQueue, fan: Newcomer, user_id: str) -> JoinRequest:
    # A wrong code is refused by the batch, where it is counted, after everything else.
    concert, lane, code = choice
    address = fan.address() if concert.joins_per_address_per_minute or code else ""
    solved = None
    if concert.proof_of_work and fan.altcha is not None:
        now_s = runtime.now().timestamp()
        solved = runtime.challenges.solved(fan.altcha, concert.concert_id, now_s)
    return JoinRequest(concert.id, user_id, lane, address, solved, code)


def _later(
    runtime: Runtime, concert: Concert, refusal: Overloaded | StoreUnavailable
) -> Overloaded | StoreUnavailable:
    """The refusal with the interval of a fan at the end of the line, once its length is known."""
    if concert.id not in runtime.last_known:
        return refusal
    fan_pace = policy.pace(runtime, concert)
    interval_ms = fan_pace.interval_ms(policy.last_known_waiting(runtime, concert.id))
    return type(refusal)(pace.retry_after_s(fan_pace, interval_ms))


async def join(runtime: Runtime, requests: list[JoinRequest]) -> Done[Standing]:
    """Give each fan their place: the one they have, or a new one."""
    return Done(await each_concert(requests, lambda id_, group: _join(runtime, id_, group)))


async def _join(
    runtime: Runtime, concert_id: str, requests: list[JoinRequest]
) -> dict[JoinRequest, Standing | Refusal]:
    concert = runtime.catalogue.queue(concert_id)
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
        JoinRules(
            policy.join_door(concert, runtime.now()),
            unix_ms(concert.sale_opens_at),
            concert.entry_ttl_s,
            concert.joins_per_address_per_minute,
            runtime.challenges.kept_s if concert.proof_of_work else 0,
            WRONG_CODES_MAX,
        ),
    )
    runtime.empty_until_s.pop(concert_id, None)
    return dict(zip(requests, map(_joined, standings), strict=True))


def _joined(standing: Standing) -> Standing | Refusal:
    if standing.word == "too_many":
        return RateLimited(standing.retry_after_s)
    refusal = REFUSALS.get(standing.word)
    return standing if refusal is None else refusal()

"""Fans as the rows need them: inside with a pass, with money, with a hold. Made in bulk, before the
clock starts, by the same functions that serve requests."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple, TypeVar

from bench.line_store import PATIENT, new_fans
from bench.serving import Bench
from yemae.base.batching import Later, follow_up
from yemae.refusals import Refusal
from yemae.runtime import Runtime, open_runtime
from yemae.sale import hold, top_up
from yemae.sale.decide_holds import HoldRequest
from yemae.values.pass_key import PassKey
from yemae.waiting_room import places
from yemae.waiting_room.places import Joining, JoinRules
from yemae.waiting_room.tokens import EntryToken
from yemae.wallet.decide import TopUpRequest

BATCH = 500
PASS_TTL_S = 86_400
MONEY = 1_000_000

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Fan(NamedTuple):
    """A fan inside: id, the header that says who, the pass, and its number."""

    user_id: str
    authorization: str
    entry_token: str
    number: int


class Crowd:
    """Makes fans of a runtime that shares its stores with the server under test."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def authorization(self, user_id: str, role: str | None = None) -> str:
        """The header that says who."""
        return f"Bearer {self._runtime.issuer.issue(user_id, role).text}"

    async def inside(self, concert_id: str, count: int) -> list[Fan]:
        """New fans with an open pass."""
        fans: list[Fan] = []
        for users in batches(new_fans(count)):
            standings = await places.join(
                self._runtime.valkey,
                concert_id,
                [Joining(user_id) for user_id in users],
                PATIENT,
                JoinRules(door="straight in", entry_ttl_s=PASS_TTL_S),
            )
            for user_id, place in zip(users, standings, strict=True):
                assert place.word == "admitted", place
                entry = EntryToken(concert_id, user_id, place.number, place.pass_ends_at_ms // 1000)
                token = self._runtime.tokens.sign_pass(entry)
                fans.append(Fan(user_id, self.authorization(user_id), token, place.number))
        return fans

    async def give_money(self, fans: Sequence[Fan], amount: int = MONEY) -> None:
        """Top up each wallet once."""
        for some in batches(fans):
            wanted = [TopUpRequest(fan.user_id, amount, "bench") for fan in some]
            _agreed((await top_up.top_up(self._runtime, wanted)).answers)

    async def give_holds(self, fans: Sequence[Fan], seats: Sequence[tuple[str, str]]) -> list[str]:
        """Hold a seat for each. Returns the ids of the orders."""
        catalogue = self._runtime.catalogue
        ids: list[str] = []
        for some in batches(list(zip(fans, seats, strict=True))):
            wanted = []
            for fan, (performance_id, number) in some:
                performance = catalogue.performance(performance_id)
                concert = catalogue.concert_of(performance)
                wanted.append(
                    HoldRequest(
                        PassKey(concert.id, fan.user_id, fan.number),
                        performance.id,
                        performance.key,
                        (number,),
                        concert.seat_limit,
                        concert.currency,
                    )
                )
            done = await hold.hold(self._runtime, wanted)
            await follow_up("bench", done.follow_ups)
            ids += [str(order.id) for order in _agreed(done.answers)]
        return ids


@asynccontextmanager
async def crowd_of(bench: Bench) -> AsyncIterator[Crowd]:
    """A crowd on the server's stores; its connections are closed before anything is measured."""
    async with open_runtime(bench.settings) as runtime:
        yield Crowd(runtime)


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """In pieces that one call serves."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def _agreed(answers: Iterable[Answer | Refusal | Later]) -> list[Answer]:
    """The answers, none of which may be a refusal."""
    agreed = []
    for answer in answers:
        assert not isinstance(answer, Refusal | Later), (
            f"the bench's own fans are refused: {answer!r}"
        )
        agreed.append(answer)
    return agreed

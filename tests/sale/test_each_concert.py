"""A batch has requests of several concerts: each concert is answered by itself."""

import asyncio

import pytest

from yemae.refusals import Refusal, StoreUnavailable
from yemae.sale import gate
from yemae.sale.gate import each_concert
from yemae.waiting_room.tokens import QueueToken


def token(concert_id: str, user_id: str) -> QueueToken:
    return QueueToken(concert_id, user_id, 1)


async def test_a_concert_whose_shard_is_away_does_not_refuse_the_others() -> None:
    async def answer(concert_id: str, tokens: list[QueueToken]) -> dict[QueueToken, str | Refusal]:
        if concert_id == "away":
            raise StoreUnavailable
        return {token: f"{concert_id} {token.user_id}" for token in tokens}

    asked = [token("near", "ann"), token("away", "ben"), token("far", "cho"), token("near", "ben")]
    answers = await each_concert(asked, answer)
    assert isinstance(answers[1], StoreUnavailable)
    assert [answers[0], *answers[2:]] == ["near ann", "far cho", "near ben"]


async def test_a_slow_concert_does_not_hold_the_others_up() -> None:
    finished, quick_is_done = [], asyncio.Event()

    async def answer(concert_id: str, tokens: list[QueueToken]) -> dict[QueueToken, str | Refusal]:
        if concert_id == "slow":
            await quick_is_done.wait()
        finished.append(concert_id)
        quick_is_done.set()
        return dict.fromkeys(tokens, concert_id)

    async with asyncio.timeout(60):
        await each_concert([token("slow", "ann"), token("quick", "ben")], answer)
    assert finished == ["quick", "slow"]


async def test_the_same_request_is_answered_once_for_all_who_ask() -> None:
    seen = []

    async def answer(_: str, tokens: list[QueueToken]) -> dict[QueueToken, str | Refusal]:
        seen.extend(tokens)
        return dict.fromkeys(tokens, "here")

    asked = [token("hall", "ann")] * 3
    assert await each_concert(asked, answer) == ["here"] * 3
    assert len(seen) == 1


async def test_every_concert_is_asked_before_the_first_failure_is_raised() -> None:
    asked_of: list[str] = []
    failures = [StoreUnavailable(), StoreUnavailable()]

    async def fail(failure: Refusal) -> None:
        raise failure

    async def tell(concert_id: str) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        asked_of.append(concert_id)

    with pytest.raises(StoreUnavailable) as raised:
        await gate._tell_each([fail(failures[0]), tell("slow"), fail(failures[1])])
    assert raised.value is failures[0]
    assert asked_of == ["slow"]
    await gate._tell_each([tell("one"), tell("two")])
    assert asked_of == ["slow", "one", "two"]

"""Proof of work at join: the challenge, the solution, and what is neither."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from helpers.concerts import HALL
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.proofs import guarded, solve
from helpers.time_travel import travel
from yemae.settings import Settings
from yemae.waiting_room import challenges

JOIN = f"/v1/concerts/{HALL}/queue-tokens"
CHALLENGE = f"/v1/concerts/{HALL}/challenge"
OTHER = "other-hall"
CHEAP = {"challenge_counter_max": 20}


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """Two halls that ask for a proof of work, and challenges that are cheap to solve."""
    halls = (guarded(proof_of_work=True), guarded(OTHER, proof_of_work=True))
    async with open_site(settings, *halls, **CHEAP) as opened:
        yield opened


async def solved(site: Site, concert_id: str = HALL) -> str:
    """A new challenge of a concert, solved."""
    answer = await site.get(f"/v1/concerts/{concert_id}/challenge")
    assert answer.status_code == 200
    return solve(answer.json())


async def join(fan: Visitor, payload: Any) -> httpx.Response:
    return await fan.post(JOIN, {"altcha": payload})


async def test_a_fan_who_solves_a_challenge_joins(site: Site, visitor: Visitor) -> None:
    assert (await join(visitor, await solved(site))).status_code == 201


async def test_a_challenge_is_cached_by_no_client(site: Site) -> None:
    answer = await site.get(CHALLENGE)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["parameters"]["data"] == {"concert": HALL}
    problem_of(await site.get("/v1/concerts/nowhere/challenge"), 404, "concert-not-found")


async def test_the_queue_s_page_says_whether_a_proof_is_needed(site: Site) -> None:
    assert (await site.get(f"/v1/concerts/{HALL}/queue")).json()["proof_of_work"] is True


async def test_without_a_solution_there_is_no_new_place(visitor: Visitor) -> None:
    for body in (None, {}, {"altcha": None}):
        assert problem_of(await visitor.post(JOIN, body), 403, "proof-of-work-required") == {}


async def test_a_place_is_answered_again_without_a_solution_or_with_the_same(
    site: Site, visitor: Visitor
) -> None:
    payload = await solved(site)
    first = await join(visitor, payload)
    for again in (await visitor.post(JOIN), await join(visitor, payload)):
        assert again.status_code == 200
        assert again.json()["queue_token"] == first.json()["queue_token"]
    await site.admit()
    assert (await visitor.post(JOIN)).json()["state"] == "admitted"


async def test_a_solution_is_good_for_one_place(site: Site, visitor: Visitor) -> None:
    payload = await solved(site)
    assert (await join(visitor, payload)).status_code == 201
    other = site.visitor("other")
    assert problem_of(await join(other, payload), 403, "proof-of-work-invalid") == {}
    assert (await join(other, await solved(site))).status_code == 201


async def test_a_fan_who_gave_the_place_up_solves_another_challenge(
    site: Site, visitor: Visitor
) -> None:
    payload = await solved(site)
    place = await join(visitor, payload)
    token = {"Queue-Token": place.json()["queue_token"]}
    await visitor.ask("DELETE", "/v1/queue-tokens/me", headers=token)
    problem_of(await join(visitor, payload), 403, "proof-of-work-invalid")
    problem_of(await visitor.post(JOIN), 403, "proof-of-work-required")


async def test_a_solution_is_good_for_its_concert_only(site: Site, visitor: Visitor) -> None:
    problem_of(await join(visitor, await solved(site, OTHER)), 403, "proof-of-work-invalid")


async def test_a_solution_that_comes_too_late_is_refused(site: Site, visitor: Visitor) -> None:
    payload = await solved(site)
    travel(site.runtime, challenges.TTL_S)
    problem_of(await join(visitor, payload), 403, "proof-of-work-invalid")


async def test_of_many_who_send_one_solution_at_once_one_has_a_place(site: Site) -> None:
    payload = await solved(site)
    fans = [site.visitor(f"fan-{n}") for n in range(40)]
    answers = await asyncio.gather(*(join(fan, payload) for fan in fans))
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 39
    assert (await site.get(f"/v1/concerts/{HALL}/queue")).json()["waiting"] == 1


async def test_a_solution_that_one_node_took_is_used_on_every_node(
    settings: Settings, site: Site
) -> None:
    """Nodes share the stores and the secret key, and nothing else."""
    payloads = [await solved(site) for _ in range(10)]
    here = msgspec.structs.replace(settings)
    async with open_site(here, guarded(proof_of_work=True), **CHEAP) as elsewhere:
        answers = await asyncio.gather(
            *(
                join(node.visitor(f"fan-{n}-{number}"), payload)
                for n, payload in enumerate(payloads)
                for number, node in enumerate((site, elsewhere) * 4)
            )
        )
    statuses = [answer.status_code for answer in answers]
    assert [sorted(statuses[n : n + 8]) for n in range(0, 80, 8)] == [[201] + [403] * 7] * 10


@pytest.mark.parametrize("payload", ["x", "한글", "e30=", "W10=", "A" * 2_048, "\x01"])
async def test_what_is_no_solution_is_refused(visitor: Visitor, payload: str) -> None:
    problem_of(await join(visitor, payload), 403, "proof-of-work-invalid")


@pytest.mark.parametrize(
    "payload", [7, True, [], {}, "", "A" * 2_049, "\0", ["x"], {"challenge": {}}]
)
async def test_what_cannot_be_a_solution_is_an_invalid_request(
    visitor: Visitor, payload: object
) -> None:
    answer = await join(visitor, payload)
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == "altcha"


async def test_a_huge_solution_is_not_read(visitor: Visitor) -> None:
    problem_of(await join(visitor, "A" * 1_000_000), 413, "body-too-large")


async def test_other_tokens_are_no_solutions(visitor: Visitor) -> None:
    for token in visitor.tokens.values():
        problem_of(await join(visitor, token), 403, "proof-of-work-invalid")


async def test_where_no_proof_is_asked_a_solution_is_not_looked_at(settings: Settings) -> None:
    async with open_site(settings) as site:
        fan = site.visitor("fan")
        assert (await join(fan, "anything")).status_code == 201
        assert (await site.get(CHALLENGE)).status_code == 200
        assert "proof_of_work" not in (await site.get(f"/v1/concerts/{HALL}/queue")).json()

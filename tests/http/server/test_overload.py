"""More callers than may wait: refused at once with 503, and nothing was done for them."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from helpers.concerts import FIRST, HALL, concert
from helpers.http import Site, open_site, problem_of
from helpers.reconcile import assert_reconciled
from yemae.accounts import passwords
from yemae.sale import batches
from yemae.settings import Settings

CROWD = 12


async def together(asking: Iterable[Any], success: int) -> list[httpx.Response]:
    """All ask at once: some succeed, the others get 503 with `Retry-After`."""
    answers: list[httpx.Response] = await asyncio.gather(*asking)
    counts = Counter(answer.status_code for answer in answers)
    assert counts.keys() == {success, 503}, counts
    for answer in answers:
        if answer.status_code == 503:
            assert problem_of(answer, 503, "overloaded") == {}
            assert 1 <= int(answer.headers["retry-after"]) <= 60
    return [answer for answer in answers if answer.status_code == success]


async def served(site: Site, table: str) -> int:
    async with site.runtime.postgres.transaction() as tx:
        rows = await tx.fetch(f"select count(*) as n from {table}".encode())  # noqa: S608
    return int(rows[0].n)


async def test_only_those_who_may_wait_are_served(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CALLERS_MAX", 2)
    async with open_site(settings, concert(seats=CROWD)) as site:
        fans = await site.enter(*(f"fan-{number}" for number in range(CROWD)))
        paid_in = await together((fan.top_up() for fan in fans), 201)
        assert await served(site, "transfers") == len(paid_in)
        numbered = list(enumerate(fans, start=1))
        held = await together((fan.hold(str(number)) for number, fan in numbered), 201)
        assert await served(site, "orders") == len(held)
        await together((fan.get(f"/v1/concerts/{HALL}/performances") for fan in fans), 200)
        await together((fan.get(f"/v1/performances/{FIRST}/seats") for fan in fans), 200)
        await together((fan.get("/v1/queue-tokens/me") for fan in fans), 200)
        newcomers = [site.visitor(f"new-{number}") for number in range(CROWD)]
        path = f"/v1/concerts/{HALL}/queue-tokens"
        joined = await together((fan.post(path) for fan in newcomers), 201)
        assert {answer.json()["position"] for answer in joined} == {1, 2}
        await assert_reconciled(site.runtime)


async def test_those_who_come_back_are_served(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "CALLERS_MAX", 1)
    async with open_site(settings) as site:
        fan = site.visitor("fan")
        await together((fan.top_up(1, key=str(number)) for number in range(CROWD)), 201)
        for number in range(CROWD):
            assert (await fan.top_up(1, key=str(number))).status_code == 201
        assert (await fan.get("/v1/wallet")).json()["balance"] == CROWD


async def test_passwords_are_hashed_for_a_few_at_a_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "CALLERS_MAX", 1)
    async with open_site(settings) as site:

        def sign_up(number: int) -> Any:
            body = {"name": "n", "email": f"{number}@b.example", "password": "correct horse"}
            return site.ask("POST", "/v1/users", json=body)

        signed_up = await together(map(sign_up, range(4)), 201)
        assert await served(site, "users") == len(signed_up)

        def sign_in(_: int) -> Any:
            email = signed_up[0].json()["user"]["email"]
            body = {"email": email, "password": "correct horse"}
            return site.ask("POST", "/v1/sessions", json=body)

        await together(map(sign_in, range(4)), 201)


async def test_closed_batches_take_no_new_request(site: Site) -> None:
    fan = site.visitor("fan")
    await site.batches.close()
    assert problem_of(await fan.top_up(), 503, "overloaded") == {}

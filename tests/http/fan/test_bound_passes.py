"""Passes that are bound to a secret which only their fan has."""

import base64
import hashlib
from typing import Any

import httpx
import jwt
import pytest
from valkey.asyncio import Valkey as Client

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.time_travel import travel

JOIN = f"/v1/concerts/{HALL}/queue-tokens"
PLACE = "/v1/queue-tokens/me"
DATES = f"/v1/concerts/{HALL}/performances"
SECRET = "7f1c-the fan's own secret"
NOWHERE = "01990000-0000-7000-8000-000000000000"
GATED: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", DATES, {}),
    ("GET", f"/v1/performances/{FIRST}/seats", {}),
    ("POST", "/v1/orders", {"json": {"performance_id": FIRST, "seats": ["1"]}}),
    ("POST", f"/v1/orders/{NOWHERE}/payment", {}),
]


def sha256(secret: str) -> str:
    digest = hashlib.sha256(secret.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


async def join(fan: Visitor, secret: str | None = SECRET) -> httpx.Response:
    """Join, and keep the queue token."""
    body = None if secret is None else {"proof_sha256": sha256(secret)}
    answer = await fan.post(JOIN, body)
    fan.tokens["Queue-Token"] = answer.json()["queue_token"]
    return answer


async def enter(site: Site, user_id: str = "fan", secret: str | None = SECRET) -> Visitor:
    """A fan inside, with a pass that is bound to the secret but without the secret's header."""
    fan = site.visitor(user_id)
    await join(fan, secret)
    await site.admit()
    assert await fan.poll() == "admitted"
    return fan


async def refused_everywhere(fan: Visitor, **headers: Any) -> None:
    """Every gated call is refused alike, and nothing has changed."""
    before = await fan.site.contents()
    for method, path, given in GATED:
        for more in ({}, {"Idempotency-Key": "key"}):
            answer = await fan.ask(method, path, headers={**headers, **more}, **given)
            assert problem_of(answer, 403, "entry-proof-invalid") == {}, path
    assert await fan.site.contents() == before


async def test_a_bound_pass_opens_with_its_secret_all_the_way(site: Site) -> None:
    fan = await enter(site)
    fan.tokens["Entry-Proof"] = SECRET
    assert (await fan.get(DATES)).status_code == 200
    assert (await fan.get(f"/v1/performances/{FIRST}/seats")).status_code == 200
    await fan.top_up()
    assert (await fan.pay(await fan.held("1"))).status_code == 201


async def test_a_bound_pass_without_its_secret_opens_nothing(site: Site) -> None:
    fan = await enter(site)
    await refused_everywhere(fan)
    for secret in ("", "another", SECRET + " x", SECRET[:-1], sha256(SECRET), "x" * 20_000):
        await refused_everywhere(fan, **{"Entry-Proof": secret})


async def test_the_hash_is_in_the_token_and_the_secret_is_not(site: Site) -> None:
    fan = await enter(site)
    for name in ("Queue-Token", "Entry-Token"):
        claims = jwt.decode(fan.tokens[name], options={"verify_signature": False})
        assert claims["proof"] == sha256(SECRET)


async def test_a_poll_needs_no_secret_and_gives_a_bound_pass(site: Site) -> None:
    fan = await enter(site)
    again = await site.get(PLACE, headers={"Queue-Token": fan.tokens["Queue-Token"]})
    fan.tokens["Entry-Token"] = again.json()["entry_token"]
    await refused_everywhere(fan)
    assert (await fan.get(DATES, headers={"Entry-Proof": SECRET})).status_code == 200


async def test_the_secret_is_hashed_as_utf_8(site: Site) -> None:
    fan = await enter(site, secret="비밀 열쇠")
    assert (await fan.get(DATES, headers={"Entry-Proof": "비밀 열쇠".encode()})).status_code == 200


async def test_a_pass_that_is_not_bound_needs_no_secret_and_minds_none(site: Site) -> None:
    fan = await enter(site, secret=None)
    for headers in ({}, {"Entry-Proof": ""}, {"Entry-Proof": "anything"}):
        assert (await fan.get(DATES, headers=headers)).status_code == 200


async def test_another_device_has_the_same_place_and_tokens_of_its_own(site: Site) -> None:
    fan, there, plain = (site.visitor("fan") for _ in range(3))
    answers = [await join(fan), await join(there, "another secret"), await join(plain, None)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert len({answer.json()["queue_token"] for answer in answers}) == 3
    await site.admit()
    for device in (fan, there, plain):
        assert await device.poll() == "admitted"
    assert (await fan.get(DATES, headers={"Entry-Proof": SECRET})).status_code == 200
    assert (await there.get(DATES, headers={"Entry-Proof": "another secret"})).status_code == 200
    await refused_everywhere(there, **{"Entry-Proof": SECRET})
    assert (await plain.get(DATES)).status_code == 200


async def test_joining_again_with_the_same_secret_gives_the_same_token(site: Site) -> None:
    fan = site.visitor("fan")
    first, again = await join(fan), await join(fan)
    assert first.json()["queue_token"] == again.json()["queue_token"]


async def test_a_fan_who_is_inside_already_binds_the_pass_by_joining_again(site: Site) -> None:
    fan = await enter(site, secret=None)
    answer = await join(fan)
    fan.tokens["Entry-Token"] = answer.json()["entry_token"]
    await refused_everywhere(fan)
    assert (await fan.get(DATES, headers={"Entry-Proof": SECRET})).status_code == 200


async def test_other_gates_come_first(site: Site) -> None:
    fan, other = await enter(site), await enter(site, "other")
    theirs = {"Entry-Token": other.tokens["Entry-Token"]}
    problem_of(await fan.get(DATES, headers=theirs), 403, "entry-token-mismatch")
    without_bearer = {"Entry-Token": fan.tokens["Entry-Token"]}
    problem_of(await site.get(DATES, headers=without_bearer), 401, "unauthenticated")


async def test_a_bound_pass_ends_as_any_other(site: Site) -> None:
    fan = await enter(site)
    travel(site.runtime, 601)
    problem_of(await fan.get(DATES, headers={"Entry-Proof": SECRET}), 403, "entry-token-expired")
    await refused_everywhere(fan)


async def test_a_bound_place_comes_back_after_a_loss_of_all_data(site: Site) -> None:
    fan, late = site.visitor("fan"), site.visitor("late")
    place = (await join(fan)).json()
    await join(late)
    await empty(site)
    again = await fan.get(PLACE)
    assert (again.json()["number"], again.json()["position"]) == (place["number"], 1)


async def empty(site: Site) -> None:
    """The waiting room's store loses everything."""
    async with Client.from_url(site.runtime.settings.stores.valkey_url) as client:
        await client.flushall()


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "x",
        hashlib.sha256(b"x").hexdigest(),
        base64.b64encode(hashlib.sha256(b"x").digest()).decode(),
        sha256("x") + "=",
        sha256("x") + "\n",
        sha256("x")[:-1],
        "_" * 43,
        "é" * 43,
        "A" * 60_000,
        7,
        [],
        {},
        True,
    ],
)
async def test_what_is_no_hash_is_an_invalid_request(visitor: Visitor, proof: object) -> None:
    answer = await visitor.post(JOIN, {"proof_sha256": proof})
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == "proof_sha256"

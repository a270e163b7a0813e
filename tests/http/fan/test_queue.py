"""Queue tokens, polling, leaving, and the numbers for everybody."""

import time
from datetime import datetime

import pytest

from helpers.concerts import HALL
from helpers.http import Site, Visitor, problem_of
from helpers.time_travel import travel
from yemae.waiting_room import queue_numbers

PLACE = "/v1/queue-tokens/me"
WAITING = {
    "state",
    "position",
    "number",
    "waiting",
    "estimated_wait_s",
    "seats_left",
    "poll_after_ms",
}


async def test_joining_gives_a_place_and_says_when_to_ask_again(visitor: Visitor) -> None:
    answer = await visitor.join()
    assert answer.status_code == 201
    body = answer.json()
    assert body.keys() == WAITING | {"queue_token"}
    assert (body["state"], body["position"], body["waiting"]) == ("waiting", 1, 1)
    assert body["estimated_wait_s"] is None
    assert int(answer.headers["retry-after"]) == -(-body["poll_after_ms"] // 1000)


async def test_joining_again_gives_the_same_place(site: Site, visitor: Visitor) -> None:
    first = (await visitor.join()).json()
    await site.visitor("other").join()
    again = await visitor.join()
    assert again.status_code == 200
    assert again.json()["queue_token"] == first["queue_token"]
    assert again.json()["position"] == 1
    assert again.json()["waiting"] == 2


async def test_those_who_come_later_are_further_back(site: Site) -> None:
    fans = [site.visitor(f"fan-{number}") for number in range(3)]
    places = [(await fan.join()).json() for fan in fans]
    assert [place["position"] for place in places] == [1, 2, 3]
    assert [(await fan.get(PLACE)).json()["position"] for fan in fans] == [1, 2, 3]


async def test_a_poll_says_the_same_as_the_join(visitor: Visitor) -> None:
    await visitor.join()
    answer = await visitor.get(PLACE)
    assert answer.status_code == 200
    assert answer.json().keys() == WAITING
    place = answer.json()
    assert (place["state"], place["position"], place["waiting"]) == ("waiting", 1, 1)
    assert place["estimated_wait_s"] is None
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["cache-control"] == "no-store"


async def test_the_poll_needs_the_queue_token_only(site: Site, visitor: Visitor) -> None:
    await visitor.join()
    answer = await site.get(PLACE, headers={"Queue-Token": visitor.tokens["Queue-Token"]})
    assert answer.json()["position"] == 1


async def test_an_admitted_fan_gets_a_pass_with_its_end(site: Site, visitor: Visitor) -> None:
    await visitor.join()
    await site.admit()
    answer = await visitor.get(PLACE)
    assert answer.json().keys() == {"state", "entry_token", "entry_expires_at"}
    assert answer.json()["state"] == "admitted"
    assert "retry-after" not in answer.headers
    ends_at = datetime.fromisoformat(answer.json()["entry_expires_at"])
    assert 590 < ends_at.timestamp() - time.time() <= 600
    joined = await visitor.join()
    assert joined.status_code == 200
    assert joined.json().keys() == {"state", "queue_token", "entry_token", "entry_expires_at"}
    assert joined.json()["entry_expires_at"] == answer.json()["entry_expires_at"]


@pytest.mark.parametrize("given_up", ["waiting", "admitted"])
async def test_a_place_that_was_given_up_is_gone(
    site: Site, visitor: Visitor, given_up: str
) -> None:
    await visitor.join()
    if given_up == "admitted":
        await site.admit()
    assert await visitor.poll() == given_up
    for _ in range(2):
        left = await visitor.ask("DELETE", PLACE)
        assert (left.status_code, left.content) == (204, b"")
        assert "content-type" not in left.headers
    assert problem_of(await visitor.get(PLACE), 410, "queue-token-expired") == {}
    if given_up == "admitted":
        refused = await visitor.get(f"/v1/concerts/{HALL}/performances")
        problem_of(refused, 403, "entry-token-expired")
    before = visitor.tokens["Queue-Token"]
    assert (await visitor.join()).status_code == 201
    assert visitor.tokens["Queue-Token"] != before


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("token", [None, "", "nonsense", "a.b.c", "x" * 5_000])
async def test_what_is_no_queue_token_is_refused(
    site: Site, method: str, token: str | None
) -> None:
    headers = {} if token is None else {"Queue-Token": token}
    answer = await site.ask(method, PLACE, headers=headers)
    assert problem_of(answer, 401, "queue-token-invalid") == {}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("other", ["Authorization", "Entry-Token"])
async def test_another_kind_of_token_is_no_place(inside: Visitor, method: str, other: str) -> None:
    token = inside.tokens[other].removeprefix("Bearer ")
    answer = await inside.ask(method, PLACE, headers={"Queue-Token": token})
    problem_of(answer, 401, "queue-token-invalid")


async def test_a_queue_token_ends_with_its_life_span(site: Site, visitor: Visitor) -> None:
    await visitor.join()
    travel(
        site.runtime, site.runtime.settings.queue.queue_token_ttl_s + queue_numbers.BLOCK_MAX_S + 1
    )
    for method in ("GET", "DELETE"):
        problem_of(await visitor.ask(method, PLACE), 410, "queue-token-expired")


async def test_a_fan_who_joins_days_after_the_first_has_a_token_that_lives(
    site: Site, visitor: Visitor
) -> None:
    await visitor.join()
    travel(site.runtime, 3 * site.runtime.settings.queue.queue_token_ttl_s)
    late = site.visitor("late")
    await late.join()
    travel(site.runtime, site.runtime.settings.queue.queue_token_ttl_s - 60)
    assert await late.poll() == "waiting"


async def test_a_used_pass_is_no_place_any_more(inside: Visitor) -> None:
    await inside.top_up()
    assert (await inside.pay(await inside.held("1"))).status_code == 201
    problem_of(await inside.get(PLACE), 410, "queue-token-expired")


async def test_joining_needs_a_user_and_a_concert(site: Site, visitor: Visitor) -> None:
    path = f"/v1/concerts/{HALL}/queue-tokens"
    problem_of(await site.ask("POST", path), 401, "unauthenticated")
    nowhere = "/v1/concerts/nowhere/queue-tokens"
    problem_of(await site.ask("POST", nowhere), 401, "unauthenticated")
    assert problem_of(await visitor.post(nowhere), 404, "concert-not-found") == {}


async def test_the_queue_of_no_concert_is_not_found(site: Site) -> None:
    problem_of(await site.get("/v1/concerts/nowhere/queue"), 404, "concert-not-found")

"""Seat blocks over HTTP: what operators may do, what other users may not, and the answers."""

from datetime import timedelta
from typing import Any

import pytest

from helpers.concerts import FIRST, HALL, SECOND
from helpers.http import Site, Visitor, problem_of
from helpers.operators import log, log_of, operator
from yemae.values.instants import instant

BLOCKS = f"/v1/admin/concerts/{HALL}/blocks"
PRESS = {"reason": "press", "performances": [FIRST], "seats": ["1", "2"]}
CALLS: list[tuple[str, str, object]] = [
    ("GET", "", None),
    ("POST", "", PRESS),
    ("POST", "/press/release", {}),
]


async def post(op: Visitor, path: str, **body: object) -> dict[str, Any]:
    """Change blocks, and return the answer."""
    answer = await op.post(BLOCKS + path, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
async def test_every_call_needs_the_role_operator(
    site: Site, visitor: Visitor, method: str, path: str, body: object
) -> None:
    given: dict[str, Any] = {} if body is None else {"json": body}
    answer = await site.ask(method, BLOCKS + path, **given)
    assert problem_of(answer, 401, "unauthenticated") == {}
    answer = await visitor.ask(method, BLOCKS + path, **given)
    assert problem_of(answer, 403, "operator-required") == {}
    assert await log(operator(site)) == []


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
async def test_a_concert_that_is_not_there_is_404(
    op: Visitor, method: str, path: str, body: object
) -> None:
    given: dict[str, Any] = {} if body is None else {"json": body}
    answer = await op.ask(method, BLOCKS.replace(HALL, "nowhere") + path, **given)
    problem_of(answer, 404, "concert-not-found")


async def test_seats_are_blocked_listed_and_released(op: Visitor) -> None:
    at = instant(op.site.runtime.now() + timedelta(days=1))
    block = await post(op, "", **PRESS, note="Reviewers", color="#cc3366", releases_at=at)
    changed_at = block.pop("changed_at")
    assert changed_at.endswith("Z")
    assert block == {
        "name": "press",
        "reason": "press",
        "note": "Reviewers",
        "color": "#cc3366",
        "releases_at": at,
        "releases_at_local": at.replace("Z", "+00:00"),
        "in_file": False,
        "seats": 2,
        "performances": [{"performance_id": FIRST, "seats": 2, "numbers": None}],
        "changed_by": "op",
    }
    listed = (await op.get(f"{BLOCKS}?performance_id={FIRST}")).json()["blocks"]
    assert [each["performances"][0]["numbers"] for each in listed] == [["1", "2"]]
    assert (await op.get(f"{BLOCKS}?performance_id={SECOND}")).json()["blocks"][0]["performances"][
        0
    ]["numbers"] is None
    part = await post(op, "/press/release", seats=["1"])
    assert (part["released"], part["block"]["seats"]) == (1, 1)
    assert await post(op, "/press/release") == {"released": 1, "block": None}
    assert (await op.get(BLOCKS)).json() == {"blocks": []}
    assert await log_of(op) == [("op", "unblock"), ("op", "unblock"), ("op", "block")]


async def test_a_block_is_released_at_a_set_time_which_can_be_taken_back(op: Visitor) -> None:
    await post(op, "", **PRESS)
    at = instant(op.site.runtime.now() + timedelta(days=1))
    for moment in (at, None):
        answer = await post(op, "/press/release", at=moment)
        assert (answer["released"], answer["block"]["seats"]) == (0, 2)
        assert answer["block"]["releases_at"] == moment
    refused = await op.post(f"{BLOCKS}/press/release", {"at": at, "seats": ["1"]})
    problem_of(refused, 422, "invalid-request")
    refused = await op.post(f"{BLOCKS}/house/release", {"at": at})
    problem_of(refused, 404, "block-not-found")


async def test_a_fan_sees_a_blocked_seat_as_taken(op: Visitor, inside: Visitor) -> None:
    await post(op, "", **PRESS)
    order = await inside.post("/v1/orders", {"performance_id": FIRST, "seats": ["1", "5"]})
    assert problem_of(order, 409, "seat-taken") == {"seats": ["1"]}
    listed = (await inside.get(f"/v1/performances/{FIRST}/seats")).json()["seats"]
    assert [seat["number"] for seat in listed] == [str(n) for n in range(3, 11)]


async def test_seats_in_the_way_are_named_with_their_orders(op: Visitor, inside: Visitor) -> None:
    order = (await inside.post("/v1/orders", {"performance_id": FIRST, "seats": ["2"]})).json()
    seat = {
        "performance_id": FIRST,
        "number": "2",
        "status": "held",
        "order_id": order["id"],
        "block": None,
    }
    answer = await op.post(BLOCKS, PRESS)
    assert problem_of(answer, 409, "seats-in-the-way") == {"count": 1, "seats_in_the_way": [seat]}
    skipped = await post(op, "", **PRESS, skip_taken=True)
    assert skipped["seats"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "friends", "seats": ["1"]}, "reason"),
        ({"seats": ["1"]}, "reason"),
        ({"reason": "house"}, "seats"),
        ({"reason": "house", "seats": ["1"], "color": "red"}, "color"),
        ({"reason": "house", "seats": ["1"], "note": "a\nb"}, "note"),
        ({"reason": "house", "seats": ["1"], "name": "Press!"}, "name"),
        ({"reason": "house", "rows": ["Floor"]}, "rows"),
        ({"reason": "house", "seats": ["1"], "owner": "me"}, "owner"),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named(op: Visitor, body: dict[str, object], field: str) -> None:
    problem = problem_of(await op.post(BLOCKS, body), 422, "invalid-request")
    assert [error["field"] for error in problem["errors"]] == [field]


async def test_a_reason_that_is_none_names_the_reasons(op: Visitor) -> None:
    problem = problem_of(
        await op.post(BLOCKS, {"reason": "friends", "seats": ["1"]}), 422, "invalid-request"
    )
    (error,) = problem["errors"]
    assert error["detail"] == "Expected house, press, sponsor, technical or not_for_sale"

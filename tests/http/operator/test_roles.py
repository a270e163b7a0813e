"""Roles over HTTP: they hold at once, end at once, are kept to their concert, and are logged."""

from typing import Any

import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import QUEUE, having, operator
from yemae.accounts import users
from yemae.accounts.access import OPERATOR

ROLES = "/v1/admin/roles"
SIGN_UP = {"name": "김예매", "email": "ann@example.com", "password": "correct horse"}
SESSION = {name: SIGN_UP[name] for name in ("email", "password")}
CASH = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben Lee"}


@pytest.fixture
async def ann(site: Site) -> Visitor:
    """A user with an account here."""
    made = (await site.ask("POST", "/v1/users", json=SIGN_UP)).json()
    visitor = site.visitor(made["user"]["id"])
    visitor.tokens["Authorization"] = f"Bearer {made['access_token']}"
    return visitor


async def give(op: Visitor, role: str, concert_id: str | None = None) -> dict[str, Any]:
    body = {"user": "ANN@example.com", "role": role, "concert_id": concert_id, "reason": "Shift"}
    answer = await op.post(ROLES, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_role_holds_from_the_next_call_until_it_is_taken_back(
    op: Visitor, ann: Visitor
) -> None:
    problem_of(await ann.get(QUEUE), 403, "operator-required")
    given = await give(op, "viewer")
    assert (given["user_id"], given["role"], given["granted_by"]) == (ann.user_id, "viewer", "op")
    assert await give(operator(ann.site, "other"), "viewer") == given
    assert (await ann.get(QUEUE)).status_code == 200
    problem = problem_of(await ann.post(f"{QUEUE}/pause"), 403, "forbidden")
    assert problem["role"] == "operator"
    shown = (await op.get(ROLES)).json()["roles"]
    assert [(e["user_id"], e["name"], e["role"], e["granted_by"]) for e in shown] == [
        (ann.user_id, "김예매", "viewer", "op")
    ]
    body = {"user": ann.user_id, "role": "viewer"}
    assert (await op.post(f"{ROLES}/revoke", body)).json() == {"revoked": True}
    assert (await op.post(f"{ROLES}/revoke", body)).json() == {"revoked": False}
    problem_of(await ann.get(QUEUE), 403, "operator-required")
    lines = (await op.get("/v1/admin/log")).json()["lines"]
    assert [(e["action"], e["who"], e["reason"], e["details"]["role"]) for e in lines] == [
        ("revoke role", "op", None, "viewer"),
        ("grant role", "op", "Shift", "viewer"),
    ]


async def test_roles_are_listed_in_pages(op: Visitor, ann: Visitor, site: Site) -> None:
    async with site.runtime.postgres.transaction() as tx:
        for who in ("old-1", "old-2"):
            await users.ensure_users(tx, [who])
            await users.set_role(tx, who, OPERATOR)
    for role in ("viewer", "door"):
        await give(op, role, HALL)
    found, path = [], f"{ROLES}?limit=1"
    for _ in range(4):
        page = (await op.get(path)).json()
        (one,) = page["roles"]
        found.append((one["user_id"], one["role"], one["concert_id"]))
        path = f"{ROLES}?limit=1&cursor={page['next_cursor']}"
    assert page["next_cursor"] is None
    assert sorted(found[:2]) == [("old-1", "admin", None), ("old-2", "admin", None)]
    assert found[2:] == [(ann.user_id, "door", HALL), (ann.user_id, "viewer", HALL)]
    assert len((await op.get(ROLES)).json()["roles"]) == 4
    problem_of(await op.get(f"{ROLES}?limit=0"), 422, "invalid-request")
    problem_of(await op.get(f"{ROLES}?cursor=x"), 422, "invalid-request")


async def test_with_an_admins_role_goes_the_one_of_before(op: Visitor, ann: Visitor) -> None:
    async with op.site.runtime.postgres.transaction() as tx:
        await users.set_role(tx, ann.user_id, OPERATOR)
    session = await op.site.ask("POST", "/v1/sessions", json=SESSION)
    issued = {"Authorization": f"Bearer {session.json()['access_token']}"}
    # Taken back at a concert, or another role, it stays.
    for other in ({"role": "admin", "concert_id": HALL}, {"role": "operator"}):
        answer = await op.post(f"{ROLES}/revoke", {"user": ann.user_id, **other})
        assert answer.json() == {"revoked": False}
    (shown,) = (await op.get(ROLES)).json()["roles"]
    assert (shown["user_id"], shown["role"]) == (ann.user_id, "admin")
    body = {"user": ann.user_id, "role": "admin", "reason": "Left us"}
    for had_it in (True, False):
        assert (await op.post(f"{ROLES}/revoke", body)).json() == {"revoked": had_it}
    assert (await op.get(ROLES)).json()["roles"] == []
    lines = (await op.get("/v1/admin/log")).json()["lines"]
    assert [(e["action"], e["reason"]) for e in lines] == [("revoke role", "Left us")]
    # A token that has the role already keeps it until its end, or until its owner signs out.
    assert (await ann.get(QUEUE, headers=issued)).status_code == 200
    fresh = (await op.site.ask("POST", "/v1/sessions", json=SESSION)).json()["access_token"]
    bearer = {"Authorization": f"Bearer {fresh}"}
    problem_of(await ann.get(QUEUE, headers=bearer), 403, "operator-required")
    assert (await ann.ask("DELETE", "/v1/sessions", headers=bearer)).is_success
    problem_of(await ann.get(QUEUE, headers=issued), 401, "unauthenticated")


async def test_a_caller_sees_what_they_may_do(op: Visitor, ann: Visitor) -> None:
    await give(op, "viewer", HALL)
    await give(op, "finance")
    shown = (await ann.get("/v1/admin/me")).json()
    assert shown["user_id"] == ann.user_id
    viewer, finance = shown["roles"]
    assert (viewer["role"], viewer["concert_id"]) == ("viewer", HALL)
    assert (finance["role"], finance["concert_id"]) == ("finance", None)
    assert "show_sales" in viewer["calls"]
    assert "refund_order" in set(finance["calls"]) - set(viewer["calls"])
    assert "refund_order" in shown["calls"]
    assert "pause_queue" not in shown["calls"]
    everything = (await op.get("/v1/admin/me")).json()
    (admin,) = everything["roles"]
    assert (admin["role"], admin["concert_id"]) == ("admin", None)
    assert admin["calls"] == everything["calls"]


async def test_a_role_needs_an_account_and_a_concert_that_is_there(op: Visitor) -> None:
    body = {"user": "unknown@example.com", "role": "viewer"}
    problem_of(await op.post(ROLES, body), 422, "invalid-request")
    problem_of(await op.post(f"{ROLES}/revoke", body), 422, "invalid-request")
    there = {"user": "unknown", "role": "viewer", "concert_id": "nowhere"}
    problem_of(await op.post(ROLES, there), 404, "concert-not-found")
    problem_of(await op.post(ROLES, {"user": "x", "role": "king"}), 422, "invalid-request")


async def test_lists_orders_and_sales_keep_to_the_concert_of_the_role(
    site: Site, op: Visitor
) -> None:
    order = (await op.post("/v1/admin/orders", CASH)).json()
    one = f"/v1/admin/orders/{order['id']}"

    def at(concert_id: str) -> Visitor:
        token = site.runtime.issuer.issue("ben", roles=[f"box_office:{concert_id}"]).text
        visitor = site.visitor("ben")
        visitor.tokens["Authorization"] = f"Bearer {token}"
        return visitor

    here, elsewhere = at(HALL), at("elsewhere")
    assert len((await here.get("/v1/admin/orders")).json()["orders"]) == 1
    assert (await elsewhere.get("/v1/admin/orders")).json()["orders"] == []
    assert (await here.get(one)).status_code == 200
    problem_of(await elsewhere.get(one), 403, "forbidden")
    problem_of(await elsewhere.post(f"{one}/tickets"), 403, "forbidden")
    more = {**CASH, "seats": ["2"]}
    problem_of(await elsewhere.post("/v1/admin/orders", more), 403, "forbidden")
    assert (await here.post("/v1/admin/orders", more)).status_code == 201
    unknown = {**more, "performance_id": "nowhere"}
    problem_of(await here.post("/v1/admin/orders", unknown), 403, "forbidden")
    reveal = {"reason": "At the counter"}
    assert (await here.post(f"{one}/fan", reveal)).status_code == 201
    # The box office pays refunds out in cash; disputes are for others.
    assert (await here.get("/v1/admin/refunds")).status_code == 200
    problem_of(await here.get("/v1/admin/disputes"), 403, "forbidden")


async def test_the_log_is_read_by_concert_operator_action_and_order(
    site: Site, op: Visitor, ann: Visitor
) -> None:
    await give(op, "finance", HALL)
    order = (await op.post("/v1/admin/orders", CASH)).json()
    await op.post(f"/v1/admin/orders/{order['id']}/fan", {"reason": "At the counter"})
    await operator(site, "other").post(f"{QUEUE}/pause")
    await op.post(
        "/v1/admin/webhooks", {"url": "https://receiver.invalid/", "events": ["order.paid"]}
    )

    async def actions(visitor: Visitor, query: str = "") -> list[str]:
        page = (await visitor.get(f"/v1/admin/log{query}")).json()
        return [line["action"] for line in page["lines"]]

    of_hall = ["pause", "reveal", "sell", "grant role"]
    assert await actions(op) == ["add webhook", *of_hall]
    # What was done to the whole server is not of the hall.
    assert await actions(ann) == of_hall
    assert await actions(op, "?concert_id=nowhere") == []
    assert await actions(op, f"?concert_id={HALL}&action=pause") == ["pause"]
    assert await actions(op, "?who=other") == ["pause"]
    assert await actions(op, f"?order_id={order['id']}") == ["reveal", "sell"]
    first = (await op.get("/v1/admin/log?limit=1")).json()
    assert await actions(op, f"?limit=1&cursor={first['next_cursor']}") == ["pause"]
    problem_of(await op.get("/v1/admin/log?who=%00"), 422, "invalid-request")


async def test_actions_of_a_queue_name_no_fan_to_roles_without_the_log(
    op: Visitor, ann: Visitor
) -> None:
    async def actions(visitor: Visitor, query: str = "") -> list[str]:
        page = (await visitor.get(f"{QUEUE}/actions{query}")).json()
        return [line["action"] for line in page["actions"]]

    await op.post(f"{QUEUE}/pause")
    order = (await op.post("/v1/admin/orders", CASH)).json()
    await op.post(f"/v1/admin/orders/{order['id']}/fan", {"reason": "At the counter"})
    await op.post(f"{QUEUE}/revoke", {"user_id": "ben"})
    await op.post(f"{QUEUE}/resume")
    await give(op, "viewer")
    assert await actions(ann) == ["resume", "pause"]
    assert await actions(ann, "?limit=1") == ["resume"]
    # The log of another concert opens nothing here.
    both = having(op.site, "operator:elsewhere", "viewer")
    assert await actions(both) == ["resume", "pause"]
    of_hall = having(op.site, f"operator:{HALL}")
    assert await actions(of_hall) == ["resume", "revoke", "reveal", "sell", "pause"]


async def test_changes_of_webhooks_are_in_the_log_of_the_server(op: Visitor) -> None:
    url, other = "https://receiver.invalid/", "https://receiver.invalid/2"
    answer = await op.post("/v1/admin/webhooks", {"url": url, "events": ["order.paid"]})
    made = answer.json()["webhook"]
    one = f"/v1/admin/webhooks/{made['id']}"
    assert (await op.ask("PATCH", one, json={"url": other})).status_code == 200
    assert (await op.post(f"{one}/secret")).status_code == 201
    assert (await op.post(f"{one}/replay", {"state": "given_up"})).status_code == 200
    assert (await op.ask("DELETE", one)).status_code == 204
    lines = (await op.get("/v1/admin/log")).json()["lines"]
    assert [(e["action"], e["concert_id"]) for e in lines] == [
        ("remove webhook", None),
        ("replay webhooks", None),
        ("rotate webhook secret", None),
        ("change webhook", None),
        ("add webhook", None),
    ]
    assert lines[3]["details"] == {"endpoint": made["id"], "url": {"from": url, "to": other}}

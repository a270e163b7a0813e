"""The operators' map of a date's seats over HTTP, a hold that is freed, and a second person."""

import base64
from dataclasses import replace

from helpers.concerts import FIRST, HALL, SEATS
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having, log_of, operator
from yemae.http.operator import seats

MAP = f"/v1/admin/performances/{FIRST}/seats"
BLOCKS = f"/v1/admin/concerts/{HALL}/blocks"
WHY = {"reason": "A tab was left open"}


def places(bitmap: str) -> list[int]:
    """The places whose bit is set."""
    bits = base64.b64decode(bitmap)
    return [place for place in range(8 * len(bits)) if bits[place >> 3] >> (place & 7) & 1]


async def test_the_map_has_what_has_each_seat(site: Site, op: Visitor, inside: Visitor) -> None:
    await inside.top_up()
    paid = await inside.held("1", "2")
    assert (await inside.pay(paid)).status_code == 201
    (other,) = await site.enter("other")
    held = await other.held("4")
    await op.post(
        BLOCKS, {"reason": "press", "seats": ["9"], "performances": [FIRST], "note": "Row 1"}
    )
    answer = await op.get(MAP)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["performance_id"], body["places"]) == (FIRST, len(SEATS))
    assert (places(body["paid"]), places(body["closed"])) == ([0, 1], [])
    (hold,) = body["held"]
    assert (hold["order_id"], hold["places"], hold["is_being_paid"]) == (held, [3], False)
    assert hold["since"] < hold["until"]
    (block,) = body["blocked"]
    assert (block["name"], block["reason"], block["note"], block["places"]) == (
        "press",
        "press",
        "Row 1",
        [8],
    )
    plan = await op.get(f"/v1/performances/{FIRST}/plan")
    assert f'W/"{body["plan"]}"' == plan.headers["etag"]
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_it_is_sent_again_only_when_something_has_changed(op: Visitor) -> None:
    tag = (await op.get(MAP)).headers["etag"]
    again = await op.ask("GET", MAP, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    await op.post(BLOCKS, {"reason": "press", "seats": ["9"], "performances": [FIRST]})
    op.site.runtime.seats_shown.clear()
    changed = await op.ask("GET", MAP, headers={"If-None-Match": tag})
    assert (changed.status_code, len(changed.json()["blocked"])) == (200, 1)


async def test_many_operators_cost_one_reading(site: Site, op: Visitor) -> None:
    first = (await op.get(MAP)).headers["etag"]
    await op.post(BLOCKS, {"reason": "press", "seats": ["9"], "performances": [FIRST]})
    # Within KEPT_S the map of before is answered, also to another one.
    assert seats.KEPT_S >= 1
    assert (await operator(site, "other").get(MAP)).headers["etag"] == first


async def test_a_date_that_is_not_there_is_404(op: Visitor) -> None:
    problem_of(await op.get(MAP.replace(FIRST, "nowhere")), 404, "performance-not-found")
    assert op.site.runtime.seats_shown == {}


async def test_a_hold_is_freed_with_a_reason(site: Site, op: Visitor, inside: Visitor) -> None:
    order_id = await inside.held("1")
    path = f"/v1/admin/orders/{order_id}/release"
    problem_of(await having(site, "viewer").post(path, WHY), 403, "forbidden")
    problem_of(await op.post(path, {}), 422, "invalid-request")
    freed = await op.post(path, WHY)
    assert (freed.status_code, freed.json()["status"]) == (200, "released")
    problem_of(await op.post(path, WHY), 409, "order-not-held")
    assert await log_of(op) == [("op", "free hold")]
    events = (await op.get("/v1/admin/fans/timeline", params={"user_id": inside.user_id})).json()
    assert [(e["what"], e["by"], e["reason"]) for e in events["events"]][-1] == (
        "freed",
        "op",
        WHY["reason"],
    )


async def test_a_second_person_confirms_what_the_first_has_proposed(site: Site) -> None:
    runtime = site.runtime
    careful = replace(runtime, settings=runtime.settings.replace(second_person="on"))
    site.app.state.runtime = careful
    ann, ben = operator(site, "ann"), operator(site, "ben")
    body = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Cho"}
    order = (await ann.post("/v1/admin/orders", body)).json()
    path = f"/v1/admin/orders/{order['id']}/move"
    proposed = await ann.post(path, {"seats": ["2"]})
    assert proposed.status_code == 202
    assert (proposed.json()["proposed_by"], proposed.json()["order_id"]) == ("ann", order["id"])
    moved = await ben.post(path, {"seats": ["2"]})
    assert (moved.status_code, [seat["number"] for seat in moved.json()["seats"]]) == (201, ["2"])
    path = f"/v1/admin/orders/{order['id']}/cancellation"
    wish = {"fee": "none", "reason": "Asked"}
    assert (await ben.post(path, wish)).status_code == 202
    assert (await ann.post(path, wish)).json()["status"] == "cancelled"

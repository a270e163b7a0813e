"""The queue's controls over HTTP: what operators may do, and other users may not."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from helpers.concerts import HALL, concert
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.operators import BEFORE_LATER, LATER, QUEUE, act, log, log_of, operator, patch
from helpers.time_travel import travel
from yemae.concerts.lanes import LaneSettings
from yemae.jobs.seat_count import count_seats
from yemae.settings import Settings

NOWHERE = "/v1/admin/concerts/nowhere/queue"
CALLS: list[tuple[str, str, object]] = [
    ("GET", "", None),
    ("PATCH", "", {"active_limit": 5}),
    ("POST", "/pause", None),
    ("POST", "/resume", None),
    ("POST", "/drain", None),
    ("POST", "/open-now", None),
    ("POST", "/revoke", {"user_id": "fan"}),
    ("POST", "/reopen", {"user_id": "fan", "reason": "Left by mistake"}),
    ("POST", "/admit", {"count": 1}),
    ("GET", "/actions", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
async def test_every_call_needs_the_role_operator(
    site: Site, visitor: Visitor, method: str, path: str, body: object
) -> None:
    for queue in (QUEUE, NOWHERE):
        for given in ({"json": body} if body else {}, {"content": b"{"}):
            answer = await site.ask(method, queue + path, **given)
            assert problem_of(answer, 401, "unauthenticated") == {}
            answer = await visitor.ask(method, queue + path, **given)
            assert problem_of(answer, 403, "operator-required") == {}
    assert await log(operator(site)) == []


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=str)
async def test_a_concert_that_is_not_there_is_404(
    op: Visitor, method: str, path: str, body: object
) -> None:
    given: dict[str, Any] = {"json": body} if body else {}
    answer = await op.ask(method, NOWHERE + path, **given)
    problem_of(answer, 404, "concert-not-found")


async def test_the_report_begins_with_the_file_s_settings(op: Visitor) -> None:
    report = (await op.get(QUEUE)).json()
    shown: dict[str, Any] = {
        "sale_opens_at": "2026-01-01T00:00:00.000Z",
        "sale_opens_at_local": "2026-01-01T00:00:00.000+00:00",
        "prequeue_opens_at_local": None,
        "prequeue_opens_at": None,
        "queueing_method": "fifo",
        "active_limit": 100,
        "admit_per_minute": 60_000,
        "entry_ttl_s": 600,
        "absent_after_s": 45,
        "place_ttl_s": 3_600,
        "joins_per_address_per_minute": 0,
        "proof_of_work": False,
        "message_ko": "",
        "message_en": "",
        "message_until": None,
        "message_until_local": None,
        "lanes": [],
    }
    assert shown.items() <= report["settings"].items()
    assert (report["concert_id"], report["state"], report["control"]) == (HALL, "open", "running")
    assert (report["set_by_operator"], report["changed_at"], report["changed_by"]) == (
        [],
        None,
        None,
    )
    # The seats are counted by the clock, now or later.
    assert report["counts"].pop("seats_left") in (None, 20)
    assert set(report["counts"].values()) == {0}
    assert (report["no_show_rate"], report["passes_ended"]["payment"]) == (None, 0)


async def test_the_report_counts_fans(site: Site, op: Visitor) -> None:
    await site.enter("a", "b")
    await site.visitor("c").join()

    async def has_counted_seats() -> bool:
        # The clock may be counting already, and then it is its turn.
        await count_seats(site.runtime)
        return bool((await op.get(QUEUE)).json()["counts"]["seats_left"])

    await until(has_counted_seats)
    assert (await op.get(QUEUE)).json()["counts"] == {
        "waiting": 1,
        "absent": 0,
        "active": 2,
        "admitted": 2,
        "joined": 3,
        "prequeue": 0,
        "seats_left": 20,
    }


async def test_lanes_are_shown_without_their_codes(settings: Settings) -> None:
    lanes = (
        LaneSettings(name="club", share=30, codes=("SECRET-CODE",)),
        LaneSettings(name="gold", share=10, group="gold"),
    )
    queue = msgspec.structs.replace(concert().queue, lanes=lanes)
    async with open_site(settings, msgspec.structs.replace(concert(), queue=queue)) as site:
        answer = await operator(site).get(QUEUE)
    assert answer.json()["settings"]["lanes"] == [
        {"name": "club", "share": 30, "codes": 1, "group": None, "waiting": 0},
        {"name": "gold", "share": 10, "codes": 0, "group": "gold", "waiting": 0},
    ]
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'"x"'])
async def test_a_body_that_is_no_object_is_refused(op: Visitor, body: bytes) -> None:
    answer = await op.ask("PATCH", QUEUE, content=body)
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("revoke", {"user_id": "@cash"}, "user_id"),
        ("revoke", {"user_id": "a b"}, "user_id"),
        ("revoke", {"user_id": "x" * 129}, "user_id"),
        ("revoke", {}, "user_id"),
        ("admit", {"count": 0}, "count"),
        ("admit", {"count": 10_001}, "count"),
        ("admit", {"count": True}, "count"),
        ("admit", {"count": 1, "now": True}, "now"),
    ],
)
async def test_a_wrong_action_is_refused(
    op: Visitor, path: str, body: dict[str, object], field: str
) -> None:
    answer = await op.post(f"{QUEUE}/{path}", body)
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == field
    assert await log(op) == []


async def test_pause_drain_and_resume_are_states_of_control(site: Site, op: Visitor) -> None:
    for action, state, control in (
        ("pause", "paused", "paused"),
        ("pause", "paused", "paused"),
        ("drain", "draining", "draining"),
        ("resume", "open", "running"),
        ("resume", "open", "running"),
    ):
        report = await act(op, action)
        assert (report["state"], report["control"]) == (state, control)
        assert site.runtime.catalogue.concert(HALL).control == control
    # Saying it twice changes nothing, and so is not in the log.
    assert await log_of(op) == [("op", "resume"), ("op", "drain"), ("op", "pause")]
    assert (await log(op))[0]["details"] == {"from": "draining", "to": "running"}


async def test_a_sale_goes_from_before_to_prequeue_to_open(site: Site, op: Visitor) -> None:
    now = site.runtime.now()
    report = await patch(
        op,
        sale_opens_at=(now + timedelta(hours=2)).isoformat(),
        prequeue_opens_at=(now + timedelta(hours=1)).isoformat(),
    )
    assert report["state"] == "before_sale"
    assert (await patch(op, prequeue_opens_at=None))["state"] == "prequeue"
    report = await patch(op, prequeue_opens_at=(now + timedelta(hours=1)).isoformat())
    assert report["state"] == "before_sale"
    travel(site.runtime, 3_601)
    op = operator(site)
    assert (await op.get(QUEUE)).json()["state"] == "prequeue"
    travel(site.runtime, 3_600)
    assert (await op.get(QUEUE)).json()["state"] == "open"


async def test_a_sale_can_be_opened_now_once(site: Site, op: Visitor) -> None:
    await patch(op, sale_opens_at=LATER, prequeue_opens_at="2029-05-31T11:00:00.000Z")
    report = await act(op, "open-now")
    assert report["state"] == "open"
    assert site.runtime.catalogue.concert(HALL).sale_opens_at <= site.runtime.now()
    prequeue = report["settings"]["prequeue_opens_at"]
    assert prequeue == report["settings"]["sale_opens_at"]
    assert problem_of(await op.post(f"{QUEUE}/open-now"), 409, "sale-already-open") == {}
    (line, _) = await log(op)
    assert line["action"] == "open-now"
    assert line["details"]["sale_opens_at"]["from"] == LATER


async def test_a_sale_that_is_open_cannot_be_opened(op: Visitor) -> None:
    problem_of(await op.post(f"{QUEUE}/open-now"), 409, "sale-already-open")
    assert await log(op) == []


async def test_a_draw_is_not_held_again_once_its_seed_is_public(op: Visitor) -> None:
    await patch(op, queueing_method="draw")
    answer = await op.ask("PATCH", QUEUE, json={"sale_opens_at": LATER})
    problem_of(answer, 409, "sale-already-open")
    # A line of another kind may wait for a later opening, and a draw that has not opened too.
    joining = {"sale_opens_at": LATER, "prequeue_opens_at": BEFORE_LATER}
    await patch(op, queueing_method=None, **joining)
    await patch(op, queueing_method="draw")
    assert (await patch(op, sale_opens_at="2029-06-02T11:00:00.000Z"))["state"] == "before_sale"


async def test_a_line_that_fans_may_have_joined_does_not_become_a_draw(op: Visitor) -> None:
    await patch(op, sale_opens_at=LATER)
    answer = await op.ask("PATCH", QUEUE, json={"queueing_method": "draw"})
    assert problem_of(answer, 409, "prequeue-begun") == {}
    await patch(op, prequeue_opens_at=BEFORE_LATER)
    await patch(op, queueing_method="draw")
    await patch(op, prequeue_opens_at=None)
    answer = await op.ask("PATCH", QUEUE, json={"queueing_method": "fifo"})
    problem_of(answer, 409, "prequeue-begun")


async def test_a_pass_can_be_revoked(site: Site, op: Visitor) -> None:
    (fan,) = await site.enter("fan")
    assert await act(op, "revoke", {"user_id": "fan"}) == {"revoked": True}
    answer = await fan.get(f"/v1/concerts/{HALL}/performances")
    problem_of(answer, 403, "entry-token-expired")
    assert await act(op, "revoke", {"user_id": "fan"}) == {"revoked": False}
    assert await log_of(op) == [("op", "revoke"), ("op", "revoke")]
    assert (await log(op))[0]["details"] == {"user_id": "fan"}


async def test_fans_can_be_let_in_at_once(site: Site, op: Visitor) -> None:
    await patch(op, active_limit=3)
    fans = [site.visitor(f"fan-{number}") for number in range(5)]
    for fan in fans:
        await fan.join()
    assert await act(op, "admit", {"count": 2}) == {"admitted": 2}
    assert [await fan.poll() for fan in fans[:3]] == ["admitted", "admitted", "waiting"]
    assert await act(op, "admit", {"count": 10}) == {"admitted": 1}
    assert (await log(op))[1]["details"] == {"count": 2}


async def test_the_log_says_who_changed_what_from_which_value(op: Visitor) -> None:
    await patch(op, active_limit=5, message_en="Hello")
    await patch(op, active_limit=5)
    await patch(op)
    await patch(op, active_limit=None)
    back, first = await log(op)
    assert first["details"] == {
        "active_limit": {"from": 100, "to": 5},
        "message_en": {"from": None, "to": "Hello"},
    }
    assert back["details"] == {"active_limit": {"from": 5, "to": 100}}, "the file's"
    assert (first["who"], first["action"]) == ("op", "set")
    assert first["at"].endswith("Z")


async def test_the_log_comes_in_pages(site: Site, op: Visitor) -> None:
    for number in range(1, 6):
        await patch(operator(site, f"op-{number}"), active_limit=number)
    path, seen = f"{QUEUE}/actions?limit=2", []
    while path:
        page = (await op.get(path)).json()
        seen += [line["who"] for line in page["actions"]]
        cursor = page["next_cursor"]
        path = f"{QUEUE}/actions?limit=2&cursor={cursor}" if cursor else ""
    assert seen == ["op-5", "op-4", "op-3", "op-2", "op-1"]
    problem_of(await op.get(f"{QUEUE}/actions?limit=0"), 422, "invalid-request")
    problem_of(await op.get(f"{QUEUE}/actions?cursor=x"), 422, "invalid-request")


async def test_a_log_is_its_own_concert_s(settings: Settings) -> None:
    async with open_site(settings, concert(), concert(concert_id="other")) as site:
        op = operator(site)
        await patch(op, active_limit=5)
        assert (await op.get("/v1/admin/concerts/other/queue/actions")).json()["actions"] == []

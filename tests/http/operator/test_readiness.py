"""Go or no-go: what the doctor finds, the last rehearsal, and sign-offs that plans and prices
end."""

from datetime import UTC, datetime
from typing import Any

import pytest

from helpers.concerts import HALL, SMALL, TEXT, load_concert
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having
from yemae.concerts.files.concert_file import parse
from yemae.embedded.last_runs import RehearsalRun, remember

PATH = f"/v1/admin/concerts/{HALL}/readiness"
SIGN = f"{PATH}/sign-offs"
USUAL = TEXT.format(**SMALL | {"admit_per_minute": 60_000})


async def shown(op: Visitor) -> dict[str, Any]:
    answer = await op.get(PATH)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def signed(op: Visitor, name: str = "Ann Kim", fans: int = 500) -> str:
    body = {"name": name, "expected_fans": fans, "digest": (await shown(op))["digest"]}
    answer = await op.post(SIGN, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def load(site: Site, text: str) -> None:
    await load_concert(site.runtime.settings, parse(text, "hall.toml"))
    await site.runtime.catalogue.refresh()


def rehearsed(site: Site, **changed: object) -> None:
    run: dict[str, Any] = {
        "at": datetime(2026, 11, 20, tzinfo=UTC),
        "version": "1",
        "url": "http://127.0.0.1",
        "fans": 500,
        "seats_sold": 10,
        "was_stopped": False,
        "problems": [],
    }
    remember(site.runtime.settings.stores.data_dir, RehearsalRun(**run | changed))


@pytest.mark.parametrize(
    ("changed", "hold"),
    [
        ({"fans": 499}, "rehearsal_small"),
        ({"problems": ["2 seats sold twice"]}, "rehearsal_failed"),
        ({"was_stopped": True}, "rehearsal_failed"),
        ({}, None),
    ],
)
async def test_the_last_rehearsal_has_to_be_of_the_crowd_that_is_expected(
    site: Site, op: Visitor, changed: dict[str, object], hold: str | None
) -> None:
    await signed(op, fans=500)
    rehearsed(site, **changed)
    assert (await shown(op))["holds"] == ([hold] if hold else [])


async def test_without_a_sign_off_the_crowd_is_that_of_the_seats(op: Visitor) -> None:
    found = await shown(op)
    assert (found["expected_fans"], found["is_expected_stated"]) == (20, False)
    assert found["holds"] == ["no_rehearsal", "not_signed"]
    assert [date["seats"] for date in found["dates"]] == [10, 10]
    assert (found["waiting"], found["draw_seal"], found["rehearsal"]) == (0, None, None)


async def test_another_price_takes_a_sign_off_back(site: Site, op: Visitor) -> None:
    await signed(op)
    (one,) = (await shown(op))["sign_offs"]
    assert (one["name"], one["who"], one["state"]) == ("Ann Kim", "op", "stands")
    await load(site, USUAL.replace("price = 50000", "price = 60000"))
    found = await shown(op)
    assert [each["state"] for each in found["sign_offs"]] == ["outdated"]
    assert "not_signed" in found["holds"]
    await load(site, USUAL)
    assert [each["state"] for each in (await shown(op))["sign_offs"]] == ["stands"]


async def test_another_plan_and_another_fee_take_it_back_too(site: Site, op: Visitor) -> None:
    for text in (
        USUAL.replace("A:1-10", "A:1-5,7-10"),
        USUAL + "\n[booking_fee]\namount = 1000\n",
    ):
        await load(site, USUAL)
        sign_off_id = await signed(op)
        await load(site, text)
        states = {each["id"]: each["state"] for each in (await shown(op))["sign_offs"]}
        assert states[sign_off_id] == "outdated"


async def test_what_was_not_seen_is_not_signed(site: Site, op: Visitor) -> None:
    digest = (await shown(op))["digest"]
    await load(site, USUAL.replace("price = 50000", "price = 60000"))
    body = {"name": "Ann Kim", "expected_fans": 1, "digest": digest}
    problem_of(await op.post(SIGN, body), 409, "not-as-shown")


async def test_a_sign_off_is_taken_back_once(op: Visitor) -> None:
    one = f"{SIGN}/{await signed(op)}"
    assert (await op.ask("DELETE", one)).status_code == 204
    problem_of(await op.ask("DELETE", one), 404, "not-found")
    problem_of(await op.ask("DELETE", f"{SIGN}/x"), 404, "not-found")
    (kept,) = (await shown(op))["sign_offs"]
    assert kept["state"] == "taken_back"
    assert kept["withdrawn_at"]
    lines = (await op.get(f"/v1/admin/log?concert_id={HALL}")).json()["lines"]
    assert [line["action"] for line in lines[:2]] == ["take back sign-off", "sign off"]
    assert lines[1]["details"]["name"] == "Ann Kim"


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"expected_fans": 0}, {"digest": "x"}, {"note": "x" * 201}],
    ids=str,
)
async def test_what_cannot_be_signed_is_refused(op: Visitor, changed: dict[str, object]) -> None:
    body = {"name": "Ann", "expected_fans": 1, "digest": "0" * 32}
    (name,) = changed
    problem = problem_of(await op.post(SIGN, body | changed), 422, "invalid-request")
    assert problem["errors"][0]["field"] == name


async def test_a_viewer_sees_and_does_not_sign(site: Site) -> None:
    viewer = having(site, "viewer")
    digest = (await shown(viewer))["digest"]
    body = {"name": "Ann", "expected_fans": 1, "digest": digest}
    problem_of(await viewer.post(SIGN, body), 403, "forbidden")


async def test_the_fans_in_line_and_the_seal_of_a_draw_are_shown(site: Site, op: Visitor) -> None:
    later = USUAL.replace("2026-01-01", "2029-01-01")
    await load(site, later.replace("[queue]", '[queue]\nqueueing_method = "draw"'))
    assert (await site.visitor("fan").join()).status_code == 201
    found = await shown(op)
    assert found["waiting"] == 1
    public = (await op.get(f"/v1/concerts/{HALL}/queue")).json()["draw"]
    assert found["draw_seal"] == public["sealed"]


async def test_the_doctor_answers_with_every_check(op: Visitor) -> None:
    found = (await op.get("/v1/admin/doctor")).json()
    checks = {each["check"] for each in found["checks"]}
    assert {"settings", "postgres", "valkey", "clock", "rehearsal"} <= checks
    assert all(each["says"] for each in found["checks"])

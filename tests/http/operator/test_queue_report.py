"""Why no more fans come in, in words."""

import msgspec
import pytest

from helpers.concerts import HALL
from helpers.http import Site
from yemae.back_office.queue_control import find_user
from yemae.back_office.queue_report import report, why_no_more


@pytest.mark.parametrize(
    ("state", "counts", "reason"),
    [
        ("sold_out", {}, "every seat is sold or blocked"),
        ("closed", {}, "the sale of every date has ended"),
        ("prequeue", {}, "the sale has not opened yet"),
        ("open", {"active": 100, "waiting": 5}, "the active limit of 100 is reached"),
        ("open", {"absent": 1_200}, "the 1,200 others in line have not been seen lately"),
        ("open", {"waiting": 3}, "the others in line came too late for this call: call again"),
        ("draining", {}, "no other fan is in line"),
    ],
)
async def test_the_reason_is_the_first_that_applies(
    site: Site, state: str, counts: dict[str, int], reason: str
) -> None:
    now = await report(site.runtime, HALL)
    assert now.counts is not None
    known = msgspec.structs.replace(now.counts, **counts)
    assert why_no_more(msgspec.structs.replace(now, state=state, counts=known)) == reason
    if state == "open":
        away = msgspec.structs.replace(now, state=state, counts=None)
        assert why_no_more(away) == "the waiting room's store is away"


async def test_a_fan_is_found_by_what_commands_show(site: Site) -> None:
    body = {"name": "Fan", "email": "Fan@Example.com", "password": "a long password"}
    user_id = (await site.ask("POST", "/v1/users", json=body)).json()["user"]["id"]
    assert await find_user(site.runtime, HALL, "fan@example.com") == user_id
    # Another issuer's ids may look like addresses.
    for name in (user_id, "fan", "unknown@elsewhere.example"):
        assert await find_user(site.runtime, HALL, name) == name

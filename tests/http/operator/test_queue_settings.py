"""An operator's settings of a queue: each can be changed and reset, wrong ones change nothing."""

import asyncio
from typing import Any

import pytest

from helpers.concerts import HALL, concert, load_concert
from helpers.http import Visitor, open_site, problem_of
from helpers.operators import LATER, QUEUE, act, log, operator, patch
from yemae.runtime import CATALOGUE_REFRESH_S
from yemae.settings import Settings

MOST: dict[str, Any] = {
    "sale_opens_at": LATER,
    "prequeue_opens_at": "2029-05-31T11:00:00.000Z",
    "queueing_method": "reject",
    "active_limit": 1_000_000,
    "admit_per_minute": 10_000_000,
    "entry_ttl_s": 86_400,
    "absent_after_s": 3_600,
    "place_ttl_s": 86_400,
    "joins_per_address_per_minute": 1_000_000,
    "proof_of_work": True,
    "message_ko": "잠시만 기다려 주세요",
    "message_en": "x" * 500,
    "message_until": LATER,
}


MOST_LOCAL = {
    "sale_opens_at_local": "2029-06-01T11:00:00.000+00:00",
    "prequeue_opens_at_local": "2029-05-31T11:00:00.000+00:00",
    "message_until_local": "2029-06-01T11:00:00.000+00:00",
}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2030-01-01T00:00:00+16:00", "2029-12-31T08:00:00.000Z"),
        ("2030-01-01T00:00:00+23:59", "2029-12-31T00:01:00.000Z"),
        ("2999-12-31T23:59:59-23:59", "3000-01-01T23:58:59.000Z"),
    ],
)
async def test_a_moment_may_have_any_offset_that_rfc_3339_allows(
    op: Visitor, given: str, kept: str
) -> None:
    found = await patch(op, message_en="Soon.", message_until=given)
    assert found["settings"]["message_until"] == kept


async def test_everything_that_can_be_changed_can_be_given_back(op: Visitor) -> None:
    before = (await op.get(QUEUE)).json()["settings"]
    report = await patch(op, **MOST)
    assert report["settings"] == {**before, **MOST, **MOST_LOCAL}
    assert set(report["set_by_operator"]) == set(MOST)
    assert report["changed_by"] == "op"
    report = await patch(op, **dict.fromkeys(MOST))
    assert report["settings"] == before
    assert report["set_by_operator"] == []


async def test_what_is_left_out_of_a_change_stays(op: Visitor) -> None:
    await patch(op, active_limit=5)
    report = await patch(op, entry_ttl_s=60)
    assert (report["settings"]["active_limit"], report["settings"]["entry_ttl_s"]) == (5, 60)
    assert report["set_by_operator"] == ["active_limit", "entry_ttl_s"]


async def test_an_operator_s_value_outlives_a_load_of_the_file(
    settings: Settings, op: Visitor
) -> None:
    await patch(op, active_limit=5)
    await load_concert(settings, concert(active_limit=7, admit_per_minute=8))
    found = (await op.get(QUEUE)).json()["settings"]
    assert (found["active_limit"], found["admit_per_minute"]) == (5, 8)
    assert (await patch(op, active_limit=None))["settings"]["active_limit"] == 7


@pytest.mark.parametrize(
    ("values", "field", "detail"),
    [
        ({"active_limit": 0}, "active_limit", "Expected `int` >= 1"),
        ({"active_limit": 1_000_001}, "active_limit", "Expected `int` <= 1000000"),
        ({"admit_per_minute": "many"}, "admit_per_minute", "Expected `int | null`, got `str`"),
        ({"entry_ttl_s": 29}, "entry_ttl_s", "Expected `int` >= 30"),
        ({"absent_after_s": 9}, "absent_after_s", "Expected `int` >= 10"),
        ({"place_ttl_s": 86_401}, "place_ttl_s", "Expected `int` <= 86400"),
        ({"place_ttl_s": 60.5}, "place_ttl_s", "Expected `int | null`, got `float`"),
        (
            {"absent_after_s": 600, "place_ttl_s": 599},
            "place_ttl_s",
            "expected at least absent_after_s, which is 600; it would be 599",
        ),
        (
            {"joins_per_address_per_minute": -1},
            "joins_per_address_per_minute",
            "Expected `int` >= 0",
        ),
        ({"proof_of_work": 1}, "proof_of_work", "Expected `bool | null`, got `int`"),
        (
            {"queueing_method": "lifo"},
            "queueing_method",
            "Expected fifo, draw, passthrough or reject",
        ),
        ({"message_en": ""}, "message_en", "Expected `str` of length >= 1"),
        ({"message_ko": "x" * 501}, "message_ko", "Expected `str` of length <= 500"),
        ({"message_ko": "a\nb"}, "message_ko", "Expected `str` matching regex"),
        ({"message_ko": "a\x00b"}, "message_ko", "Expected `str` matching regex"),
        ({"sale_opens_at": "2029-06-01T11:00:00"}, "sale_opens_at", "Expected `datetime` with a"),
        ({"sale_opens_at": "soon"}, "sale_opens_at", "Invalid RFC3339"),
        (
            {"sale_opens_at": "0001-01-01T00:00:00+09:00"},
            "sale_opens_at",
            "expected a year from 2000 to 2999, found 1",
        ),
        (
            {"sale_opens_at": LATER, "prequeue_opens_at": LATER},
            "prequeue_opens_at",
            "expected a time before sale_opens_at, by 30 days at most; it would be 2029-06-01",
        ),
        (
            {"sale_opens_at": LATER, "prequeue_opens_at": "2029-05-02T10:59:59.000Z"},
            "prequeue_opens_at",
            "expected a time before sale_opens_at, by 30 days at most",
        ),
        ({"seat_limit": 2}, "seat_limit", "unknown field"),
        ({"control": "paused"}, "control", "unknown field"),
        ({"draw_seed": "00"}, "draw_seed", "unknown field"),
    ],
)
async def test_a_wrong_change_is_refused_with_field_and_limit_and_changes_nothing(
    op: Visitor, values: dict[str, object], field: str, detail: str
) -> None:
    before = (await op.get(QUEUE)).json()["settings"]
    answer = await op.ask("PATCH", QUEUE, json={"admit_per_minute": 5, **values})
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == field
    assert error["detail"].startswith(detail)
    assert (await op.get(QUEUE)).json()["settings"] == before
    assert await log(op) == []


async def test_a_change_of_settings_leaves_the_control_as_it_is(op: Visitor) -> None:
    await act(op, "pause")
    assert (await patch(op, active_limit=5))["state"] == "paused"
    await act(op, "resume")
    assert (await op.get(QUEUE)).json()["set_by_operator"] == ["active_limit"]


async def test_a_change_on_one_node_reaches_another_within_a_second(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the next look at what has changed, of which each node takes two in a second."""
    assert CATALOGUE_REFRESH_S <= 0.5
    async with open_site(settings) as one, open_site(settings) as other:
        catalogue, has_looked = other.runtime.catalogue, asyncio.Event()
        look = catalogue.refresh

        async def noted_look() -> None:
            await look()
            has_looked.set()

        await patch(operator(one), active_limit=5)
        await act(operator(one), "pause")
        monkeypatch.setattr(catalogue, "refresh", noted_look)
        async with asyncio.timeout(60):
            await has_looked.wait()
        public = (await other.get(f"/v1/concerts/{HALL}/queue")).json()
        assert (public["active_limit"], catalogue.concert(HALL).control) == (5, "paused")
        report = (await operator(other).get(QUEUE)).json()
        assert (report["control"], report["settings"]["active_limit"]) == ("paused", 5)

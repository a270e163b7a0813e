"""Polls that are answered as soon as their head is read: the bytes are those of the ordinary path
in every state of the place, and so are all effects."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from helpers.both_paths import FAR, FIELDS, Both, look_again, opened, plain
from helpers.concerts import HALL
from helpers.http import Site
from helpers.time_travel import travel
from yemae.base import metrics, rate_limit
from yemae.http.contract.operation import Answer
from yemae.http.operations import OPERATIONS
from yemae.http.server.endpoint import Endpoint
from yemae.runtime import Runtime
from yemae.sale.batches import Batches
from yemae.settings import Settings
from yemae.waiting_room.board import View
from yemae.waiting_room.tokens import QueueToken, TokenKeys


def change_view(site: Site, **numbers: Any) -> None:
    views = site.runtime.board._views
    views[HALL] = View(views[HALL].snapshot._replace(**numbers))


def change_concert(site: Site, **settings: object) -> None:
    queues = site.runtime.catalogue.queues
    queues[HALL] = msgspec.structs.replace(queues[HALL], **settings)


# --- States ---


def soon(site: Site) -> None:
    opens_at = site.runtime.now() + timedelta(days=9)
    change_concert(site, sale_opens_at=opens_at)


STATES: dict[str, Callable[[Site], object]] = {
    "waiting": lambda site: change_view(site, seats_left=20),
    "prequeue": soon,
    "sold_out": lambda site: change_view(site, seats_unsold=0, seats_left=0),
    "closed": lambda site: travel(site.runtime, 9 * 365 * 86_400),
}


@pytest.mark.parametrize("state", STATES)
async def test_every_state_is_shown_in_the_same_bytes(both: Both, state: str) -> None:
    STATES[state](both.site)
    # The token is good for longer than the travel.
    far = TokenKeys(both.site.runtime.settings.stores.secret_key, 10**9).sign_place(
        QueueToken(HALL, f"fan-{FAR:04}", claims_of(both, "far")["number"])
    )
    both.tokens["far"] = far
    for message in ({}, {"message_ko": "곧", "message_en": "Soon"}):
        change_concert(both.site, **message)
        both.site.runtime.board._views[HALL].made.clear()
        for seats_left in (-1, 0, 5_310):
            if state != "sold_out":
                change_view(both.site, seats_left=seats_left)
            assert await both.same(plain()) == (200, True)
            ordinary, _ = await both.answers(plain())
            assert f'"state":"{state}"'.encode() in ordinary
            assert (b"Soon" in ordinary) == bool(message)


def claims_of(both: Both, name: str) -> dict[str, Any]:
    claims = both.site.runtime.tokens.queue.verify(both.tokens[name])
    assert claims is not None
    return claims


async def test_an_admitted_fan_is_answered_on_the_ordinary_path(both: Both) -> None:
    await both.site.admit()
    await look_again(both.site)
    first = "Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {first}\r\n"
    assert await both.same(plain(first)) == (200, False)
    assert b'"state":"admitted"' in (await both.answers(plain(first)))[0]


async def test_a_view_that_is_too_old_is_left_to_the_ordinary_path(both: Both) -> None:
    both.site.runtime.board._views[HALL].read_at -= 2_000
    del both.ports[0]
    (answer,) = await both.answers(plain())
    assert (answer.startswith(b"HTTP/1.1 200 "), both.number) == (True, 0)


# --- Refusals ---


async def test_a_fan_who_asks_too_often_is_refused_in_the_same_bytes(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limit, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    window = both.site.batches.polls._asked
    window._ends_at, window._most = 1_005.0, 2
    window._counts.clear()
    assert await both.same(plain()) == (200, True)
    assert await both.same(plain()) == (429, False)
    assert await both.same(plain(FIELDS + "Accept-Language: ko\r\n")) == (429, False)


async def test_without_room_for_a_heartbeat_a_poll_is_503_in_the_same_bytes(both: Both) -> None:
    both.site.batches.polls._presence._waiting_max = 0
    assert await both.same(plain()) == (503, False)


async def test_a_server_that_drains_ends_each_connection(both: Both) -> None:
    both.site.app.is_draining = True
    assert await both.same(plain()) == (200, False)
    ordinary, _ = await both.answers(plain())
    assert b"\r\nconnection: close\r\n" in ordinary
    assert ordinary.count(b"HTTP/1.1 ") == 1


async def test_with_an_access_log_the_ordinary_path_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yemae.waiting_room.board.STALE_S", 1_000.0)
    async with opened(settings, access_log=True) as both:
        assert await both.same(plain()) == (200, False)


async def test_a_fault_is_500_and_not_a_malformed_request(
    runtime: Runtime, batches: Batches
) -> None:
    def fault(_: object) -> Answer | None:
        raise RuntimeError("a fault of ours")

    poll = next(operation for operation in OPERATIONS if operation.name == "poll_place")
    endpoint = Endpoint(dataclasses.replace(poll, at_once=fault))
    written = endpoint.at_once([(b"x-request-id", b"ours")], runtime, batches)
    assert written is not None
    assert (written[0], b'"/problems/internal-error"' in written[1]) == (500, True)


# --- Counts ---


@pytest.mark.parametrize(("fan", "is_at_once"), [("far", True), ("near", False)])
async def test_a_poll_is_counted_once_on_either_path(
    both: Both, fan: str, *, is_at_once: bool
) -> None:
    window = both.site.batches.polls._asked
    window._counts.clear()
    window._ends_at = 10**12
    shown = metrics.REQUESTS.labels("poll_place", "200")
    metrics.add_up()
    before = shown._value.get()
    request = f"Host: x\r\nX-Request-Id: ours\r\nQueue-Token: {{{fan}}}\r\n"
    assert await both.same(plain(request)) == (200, is_at_once)
    metrics.add_up()
    assert list(window._counts.values()) == [2], "one for each port"
    assert shown._value.get() - before == 2
    polls = both.site.batches.polls
    assert (polls._from_view, polls._from_store) == ((2, 0) if is_at_once else (0, 2))


async def test_a_poll_at_once_is_a_sign_of_life(both: Both) -> None:
    noted = both.site.batches.polls._presence._noted
    noted.clear()
    del both.ports[0]
    await both.answers(plain())
    assert [token.user_id for token in noted] == [f"fan-{FAR:04}"]

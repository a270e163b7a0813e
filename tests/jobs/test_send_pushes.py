"""Web Push: a browser with its tab closed is notified of the turn and of the opening, once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from helpers.concerts import HALL, concert
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.push_double import Browser, PushDouble
from helpers.time_travel import travel
from yemae.jobs.send_pushes import PushSender
from yemae.sale.push_notices import WAITING_MAX
from yemae.settings import Settings

PATH = "/v1/push-notices"


@pytest.fixture
async def service() -> AsyncIterator[PushDouble]:
    """A push service."""
    async with PushDouble().serve() as opened:
        yield opened


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """A server that may send to this machine."""
    async with open_site(settings, webhook_addresses="any") as opened:
        yield opened


@pytest.fixture
async def sender(site: Site) -> AsyncIterator[PushSender]:
    """What sends."""
    async with PushSender(site.runtime.settings) as opened:
        yield opened


async def waiting(site: Site, name: str = "fan") -> tuple[Visitor, dict[str, str]]:
    """A fan in the queue, and the header of the place."""
    fan = site.visitor(name)
    joined = await fan.post(f"/v1/concerts/{HALL}/queue-tokens")
    return fan, {"Queue-Token": joined.json()["queue_token"]}


async def states(site: Site) -> list[tuple[str, int]]:
    async with site.runtime.postgres.transaction() as tx:
        rows = await tx.fetch(b"select state, attempts from push_notices order by created_at, id")
    return [(row.state, row.attempts) for row in rows]


async def test_a_turn_is_notified_once_and_can_be_read_by_its_browser_alone(
    site: Site, service: PushDouble, sender: PushSender
) -> None:
    fan, place = await waiting(site)
    browser = service.browser()
    body = browser.asks("turn", language="en")
    for _ in range(2):
        asked = await fan.ask("POST", PATH, json=body, headers=place)
        assert asked.status_code == 204, asked.text
    assert await sender.send_pushes(site.runtime) == 1
    assert await sender.send_pushes(site.runtime) == 0
    (pushed,) = service.pushed
    assert pushed.message["body"] == "It's almost your turn. Open the page now."
    assert pushed.message["path"] == f"/concerts/{HALL}/queue"
    assert (pushed.headers["urgency"], pushed.headers["ttl"]) == ("high", "300")
    # Another place of the same fan is another cause.
    await fan.ask("POST", PATH, json=body, headers=place)
    assert await sender.send_pushes(site.runtime) == 0


async def test_a_browser_that_has_unsubscribed_is_forgotten_with_all_it_asked_for(
    site: Site, service: PushDouble, sender: PushSender
) -> None:
    fan, place = await waiting(site)
    browser = service.browser()
    await fan.ask("POST", PATH, json=browser.asks("turn"), headers=place)
    service.statuses = [410]
    assert await sender.send_pushes(site.runtime) == 0
    assert await states(site) == []


async def test_a_push_service_that_fails_is_asked_again_and_in_the_end_no_more(
    site: Site, service: PushDouble, sender: PushSender
) -> None:
    fan, place = await waiting(site)
    await fan.ask("POST", PATH, json=service.browser().asks("turn"), headers=place)
    service.statuses = [503, 429, 500]
    for state in ("waiting", "waiting", "given_up"):
        await sender.send_pushes(site.runtime)
        assert [found for found, _ in await states(site)] == [state]
        # Not before its time.
        await sender.send_pushes(site.runtime)
        travel(site.runtime, 31)
    assert service.called("/send") == 3
    _, other = await waiting(site, "other")
    refused = await site.visitor("other").ask(
        "POST", PATH, json=service.browser().asks("turn"), headers=other
    )
    assert refused.status_code == 204
    service.statuses = [400]
    await sender.send_pushes(site.runtime)
    assert [found for found, _ in await states(site)] == ["given_up", "given_up"]


async def test_a_fan_who_left_the_queue_gets_no_notice(
    site: Site, service: PushDouble, sender: PushSender
) -> None:
    fan, place = await waiting(site)
    await fan.ask("POST", PATH, json=service.browser().asks("turn"), headers=place)
    await fan.ask("DELETE", "/v1/queue-tokens/me", headers=place)
    assert await sender.send_pushes(site.runtime) == 0
    assert service.pushed == []


async def test_an_opening_is_notified_ten_minutes_before(
    settings: Settings, service: PushDouble
) -> None:
    opens_at = datetime.now(UTC) + timedelta(hours=1)
    later = msgspec.structs.replace(concert(), sale_opens_at=opens_at)
    async with (
        open_site(settings, later, webhook_addresses="any") as site,
        PushSender(site.runtime.settings) as sender,
    ):
        body = service.browser().asks("opening", concert_id=HALL)
        assert (await site.visitor("fan").post(PATH, body)).status_code == 204
        assert await sender.send_pushes(site.runtime) == 0
        travel(site.runtime, 3_100)
        assert await sender.send_pushes(site.runtime) == 1
        assert await sender.send_pushes(site.runtime) == 0
        assert service.pushed[0].message["body"] == "곧 예매가 시작돼요."


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"endpoint": "ftp://example.com"}, "endpoint"),
        ({"p256dh": "AAAA"}, "p256dh"),
        ({"auth": "AAAA"}, "auth"),
        ({"kind": "opening"}, "concert_id"),
        ({"kind": "opening", "concert_id": HALL}, "concert_id"),
    ],
)
async def test_a_subscription_that_cannot_be_one_is_refused(
    site: Site, service: PushDouble, changed: dict[str, Any], field: str
) -> None:
    fan, place = await waiting(site)
    body = {**service.browser().asks("turn"), **changed}
    refused = problem_of(
        await fan.ask("POST", PATH, json=body, headers=place), 422, "invalid-request"
    )
    assert refused["errors"][0]["field"] == field


async def test_no_push_goes_to_a_network_of_ones_own(settings: Settings) -> None:
    async with open_site(settings, webhook_addresses="public") as site:
        fan, place = await waiting(site)
        body = Browser("").asks("turn")
        for endpoint in ("http://push.example.com/x", "https://127.0.0.1/x"):
            wrong = await fan.ask("POST", PATH, json={**body, "endpoint": endpoint}, headers=place)
            problem_of(wrong, 422, "invalid-request")


async def test_a_place_of_another_is_refused_and_a_fan_asks_for_a_few_only(
    site: Site, service: PushDouble
) -> None:
    fan, place = await waiting(site)
    browser = service.browser()
    other = site.visitor("other")
    stolen = await other.ask("POST", PATH, json=browser.asks("turn"), headers=place)
    problem_of(stolen, 401, "queue-token-invalid")
    problem_of(await other.post(PATH, browser.asks("turn")), 401, "queue-token-invalid")
    unknown = await other.post(PATH, browser.asks("opening", concert_id="nowhere"))
    problem_of(unknown, 404, "concert-not-found")
    for _ in range(WAITING_MAX):
        asked = await fan.ask("POST", PATH, json=service.browser().asks("turn"), headers=place)
        assert asked.status_code == 204
    more = await fan.ask("POST", PATH, json=service.browser().asks("turn"), headers=place)
    problem_of(more, 422, "invalid-request")


async def test_a_browser_can_take_it_back_and_a_deleted_account_leaves_none(
    site: Site, service: PushDouble
) -> None:
    fan, place = await waiting(site)
    browser = service.browser()
    for path, gone in (
        (f"{PATH}/removal", {"endpoint": browser.endpoint}),
        ("/v1/me/deletion", None),
    ):
        await fan.ask("POST", PATH, json=browser.asks("turn"), headers=place)
        assert len(await states(site)) == 1
        assert (await fan.post(path, gone)).status_code == 204
        assert await states(site) == []
    key = await site.get(f"{PATH}/key")
    assert len(key.json()["public_key"]) == 87

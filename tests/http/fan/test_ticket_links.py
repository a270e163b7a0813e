"""Ticket links: what they open, until when, and how a lost one is sent again."""

from uuid import UUID

import httpx
import pytest

from helpers.concerts import FIRST
from helpers.http import Site, Visitor, problem_of, running_site
from helpers.moves import move
from helpers.time_travel import travel
from yemae.accounts.throttles import LINKS_OF_ADDRESS, LINKS_OF_NETWORK
from yemae.orders import orders
from yemae.orders.booking_number import booking_number
from yemae.outbox import messages as outbox
from yemae.outbox.messages import OutboxMessage
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.ticket_links import GOOD_AFTER_START, PATH, link_path
from yemae.settings import Settings

ANN = "Ann@Example.com"


@pytest.fixture
async def paid(inside: Visitor) -> UUID:
    """The id of a guest's order of two seats that was paid, with an address."""
    await inside.top_up()
    order_id = await inside.held("1", "2")
    body = {"email": ANN, "language": "en"}
    assert (await inside.post(f"/v1/orders/{order_id}/payment", body)).status_code == 201
    return UUID(order_id)


async def link_of(site: Site, order_id: UUID) -> str:
    """The text of the link that a mail would have now."""
    async with site.runtime.postgres.transaction() as tx:
        order = await orders.by_id(tx, order_id)
        assert order is not None
        path = await link_path(tx, site.runtime, order)
    return path.removeprefix(f"{PATH}#")


async def opened(site: Site, link: str) -> httpx.Response:
    """What the link opens, in a browser without any token."""
    return await site.get("/v1/linked-order", headers={"Ticket-Link": link})


async def ask(site: Site, number: str, email: str, status: int = 202) -> httpx.Response:
    """Ask for a lost link."""
    body = {"booking_number": number, "email": email}
    answer = await site.ask("POST", "/v1/ticket-links", json=body)
    assert answer.status_code == status, answer.text
    return answer


async def sent(site: Site) -> list[OutboxMessage]:
    """The mails with a link that was asked for."""
    async with site.runtime.postgres.transaction() as tx:
        found = await outbox.listed(tx, None, 100)
    return [message for message in found if message.kind == "ticket_link"]


async def test_a_link_opens_the_tickets_of_its_order_without_an_account(
    site: Site, inside: Visitor, paid: UUID
) -> None:
    answer = await opened(site, await link_of(site, paid))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == (await inside.get(f"/v1/orders/{paid}")).json()
    assert len(answer.json()["tickets"]) == 2


@pytest.mark.parametrize("link", ["", "A" * 46, "Ä", "A" * 5_000])
async def test_what_is_no_link_opens_nothing(site: Site, link: str) -> None:
    headers = {"Ticket-Link": link.encode("latin-1")}
    problem_of(await site.get("/v1/linked-order", headers=headers), 404, "order-not-found")


async def test_the_link_of_an_order_that_is_held_opens_nothing(site: Site, inside: Visitor) -> None:
    link = await link_of(site, UUID(await inside.held("1")))
    problem_of(await opened(site, link), 404, "order-not-found")


async def test_an_order_with_other_seats_has_another_link(site: Site, paid: UUID) -> None:
    before = await link_of(site, paid)
    await move(site.runtime, paid, "1", "5")
    problem_of(await opened(site, before), 404, "order-not-found")
    after = (await opened(site, await link_of(site, paid))).json()
    assert [ticket["seat"] for ticket in after["tickets"]] == ["1", "5"]


async def test_the_link_of_a_cancelled_order_shows_it_without_tickets(
    site: Site, paid: UUID
) -> None:
    link = await link_of(site, paid)
    await cancel_seats(site.runtime, By("op", is_operator=True, takes_fee=False), CancelWish(paid))
    shown = (await opened(site, link)).json()
    assert (shown["status"], shown.get("tickets")) == ("cancelled", None)


async def test_a_link_is_good_until_a_week_after_the_date(site: Site, paid: UUID) -> None:
    link = await link_of(site, paid)
    ends = site.runtime.catalogue.performance(FIRST).starts_at + GOOD_AFTER_START
    travel(site.runtime, (ends - site.runtime.now()).total_seconds() - 60)
    assert (await opened(site, link)).status_code == 200
    travel(site.runtime, 61)
    problem_of(await opened(site, link), 404, "order-not-found")


async def test_a_lost_link_is_sent_to_the_address_of_the_order_and_not_twice_at_once(
    site: Site, paid: UUID
) -> None:
    number = booking_number(paid)
    await ask(site, number.lower().replace("-", " "), "ANN@example.com")
    await ask(site, number, ANN)
    (message,) = await sent(site)
    assert (message.order_id, message.email, message.language) == (paid, ANN, "en")
    travel(site.runtime, 601)
    await ask(site, number, ANN)
    assert len(await sent(site)) == 2


async def test_the_answer_is_the_same_whether_or_not_there_is_such_an_order(
    site: Site, paid: UUID
) -> None:
    (other,) = await site.enter("other")
    held = booking_number(UUID(await other.held("3")))
    right = await ask(site, booking_number(paid), ANN)
    for number, email in (
        (booking_number(paid), "ben@example.com"),
        (booking_number(UUID(int=7)), ANN),
        (held, ANN),
    ):
        answer = await ask(site, number, email)
        assert answer.content == right.content == b""
        assert answer.headers.keys() == right.headers.keys()
    assert len(await sent(site)) == 1


async def move_to(fan: Visitor, order_id: UUID, email: str) -> httpx.Response:
    """Have the tickets sent to another address."""
    return await fan.post(f"/v1/orders/{order_id}/address", {"email": email, "language": "ko"})


async def test_another_address_gets_the_tickets_and_ends_the_links_of_the_one_before(
    site: Site, inside: Visitor, paid: UUID
) -> None:
    before = await link_of(site, paid)
    assert (await move_to(inside, paid, "ANN@example.com")).status_code == 202
    assert (await opened(site, before)).status_code == 200
    assert (await move_to(inside, paid, "ben@example.com")).status_code == 202
    problem_of(await opened(site, before), 404, "order-not-found")
    assert (await opened(site, await link_of(site, paid))).status_code == 200
    assert {(each.email, each.language) for each in await sent(site)} == {("ben@example.com", "ko")}
    assert len(await sent(site)) == 2


async def test_only_the_fan_of_a_paid_order_names_its_address(site: Site, paid: UUID) -> None:
    (other,) = await site.enter("other")
    problem_of(await move_to(other, paid, ANN), 404, "order-not-found")
    held = UUID(await other.held("3"))
    problem_of(await move_to(other, held, ANN), 409, "order-not-paid")
    path = f"/v1/orders/{paid}/address"
    problem_of(await site.ask("POST", path, json={"email": ANN}), 401, "unauthenticated")
    assert await sent(site) == []


async def test_what_cannot_be_a_booking_number_is_named(site: Site) -> None:
    answer = await ask(site, "0000-0", ANN, 422)
    assert "booking_number" in answer.text


async def test_asking_too_often_is_refused_for_an_address_and_for_a_network(site: Site) -> None:
    number = booking_number(UUID(int=7))
    for _ in range(LINKS_OF_ADDRESS):
        await ask(site, number, ANN)
    problem_of(await ask(site, number, ANN, 429), 429, "rate-limited")
    for place in range(LINKS_OF_NETWORK - LINKS_OF_ADDRESS - 1):
        await ask(site, number, f"fan-{place}@example.com")
    problem_of(await ask(site, number, "new@example.com", 429), 429, "rate-limited")


async def test_a_server_without_mail_sends_no_link(settings: Settings, usual_concert: str) -> None:
    assert usual_concert
    silent = settings.replace(mode="production", top_ups="free", payment_provider="none")
    async with running_site(silent) as site:
        problem_of(await ask(site, "A2B3C-D4E5F", ANN, 404), 404, "not-found")
        fan = site.visitor("fan")
        problem_of(await move_to(fan, UUID(int=1), ANN), 404, "not-found")

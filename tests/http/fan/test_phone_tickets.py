"""Tickets for the wallet apps of phones: who gets them, until when, and only where they are set."""

import io
import threading
import zipfile
from typing import Any
from uuid import UUID

import jwt
import msgspec
import pytest

from helpers.concerts import SMALL, TEXT, load_concert
from helpers.http import Site, Visitor, problem_of, running_site
from helpers.moves import move
from helpers.owner import as_owner
from helpers.phone_tickets import ISSUER_ID, apple, google
from helpers.time_travel import travel
from yemae.concerts.files.concert_file import parse
from yemae.orders import orders
from yemae.phone_tickets import apple as apple_tickets
from yemae.phone_tickets import google as google_tickets
from yemae.phone_tickets.apple import MEDIA_TYPE
from yemae.phone_tickets.google import SAVE
from yemae.phone_tickets.links import LINK_TTL_S, MADE_OF_ORDER
from yemae.sale.cancel import By, CancelWish, cancel_seats
from yemae.sale.ticket_links import PATH, link_path
from yemae.settings import Settings

# A card payment of the order, and its dispute.
CHECKOUT = """
insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider, method, amount,
                       currency, state, created_at, expires_at)
select gen_random_uuid(), user_id, id, 'hall', pass_number, 'test', 'card', total,
       currency, 'pending', created_at, expires_at
from orders"""
DISPUTE = """
insert into disputes (id, checkout_id, order_id, reference, amount, state, closed_at)
select gen_random_uuid(), id, order_id, 'dp_1', amount, '{state}',
       case when '{state}' <> 'open' then now() end
from checkouts"""
OP = By("op", is_operator=True, takes_fee=False)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Of a server that makes tickets for both apps."""
    return settings.replace(
        phone_tickets=apple() + google(), public_url="https://tickets.example.com"
    )


@pytest.fixture
async def paid(inside: Visitor) -> str:
    """The id of the fan's order of two seats."""
    await inside.top_up()
    order_id = await inside.held("1", "2")
    assert (await inside.post(f"/v1/orders/{order_id}/payment")).status_code == 201
    return order_id


async def listed(fan: Visitor, order_id: str, language: str = "ko") -> list[dict[str, Any]]:
    """The links of an order."""
    answer = await fan.get(f"/v1/orders/{order_id}/phone-tickets?language={language}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    tickets: list[dict[str, Any]] = answer.json()["tickets"]
    return tickets


async def codes_of(fan: Visitor, order_id: str) -> list[str]:
    """The codes that the fan's page shows."""
    shown = (await fan.get(f"/v1/orders/{order_id}")).json()
    return [ticket["code"] for ticket in shown["tickets"]]


def said_by(file: bytes) -> Any:
    """What a file for Apple Wallet says."""
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return msgspec.json.decode(archive.read("pass.json"))


async def test_a_phone_gets_the_ticket_of_each_seat_without_any_header(
    site: Site, inside: Visitor, paid: str
) -> None:
    tickets = await listed(inside, paid, "en")
    assert [each["seat"] for each in tickets] == ["1", "2"]
    codes = []
    for each in tickets:
        file = await site.get(each["apple"])
        assert (file.status_code, file.headers["content-type"]) == (200, MEDIA_TYPE)
        assert file.headers["content-disposition"] == 'attachment; filename="ticket.pkpass"'
        assert file.headers["cache-control"] == "no-store"
        said = said_by(file.content)
        codes.append(said["barcodes"][0]["message"])
        fields = {field["key"]: field for field in said["eventTicket"]["auxiliaryFields"]}
        assert fields["seat"]["label"] == "Seat"
        assert fields["seat"]["value"].endswith(f"seat {each['seat']}")
    assert codes == await codes_of(inside, paid)


async def test_google_is_led_to_with_the_same_code(site: Site, inside: Visitor, paid: str) -> None:
    first = (await listed(inside, paid))[0]
    answer = await site.get(first["google"])
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(SAVE)
    token = answer.headers["location"].removeprefix(SAVE)
    said = jwt.decode(token, options={"verify_signature": False})
    assert said["origins"] == ["https://tickets.example.com"]
    (ticket,) = said["payload"]["eventTicketObjects"]
    assert ticket["barcode"]["value"] == (await codes_of(inside, paid))[0]
    assert ticket["id"].startswith(f"{ISSUER_ID}.")


async def test_who_has_the_link_of_a_mail_gets_them_without_an_account(
    site: Site, inside: Visitor, paid: str
) -> None:
    async with site.runtime.postgres.transaction() as tx:
        order = await orders.by_id(tx, UUID(paid))
        assert order is not None
        link = (await link_path(tx, site.runtime, order)).removeprefix(f"{PATH}#")
    headers = {"Ticket-Link": link}
    answer = await site.get("/v1/linked-order/phone-tickets", headers=headers)
    assert [each["seat"] for each in answer.json()["tickets"]] == ["1", "2"]
    file = await site.get(answer.json()["tickets"][1]["apple"])
    code = said_by(file.content)["barcodes"][0]["message"]
    assert code == (await codes_of(inside, paid))[1]
    wrong = await site.get("/v1/linked-order/phone-tickets", headers={"Ticket-Link": "wrong"})
    problem_of(wrong, 404, "order-not-found")


async def test_orders_of_others_and_orders_that_are_not_paid_have_none(
    site: Site, inside: Visitor, paid: str
) -> None:
    other = await site.visitor("other").get(f"/v1/orders/{paid}/phone-tickets")
    problem_of(other, 404, "order-not-found")
    (again,) = await site.enter("another")
    held = await again.held("3")
    problem_of(await again.get(f"/v1/orders/{held}/phone-tickets"), 409, "order-not-paid")
    odd = await inside.get(f"/v1/orders/{paid}/phone-tickets?language=fr")
    problem_of(odd, 422, "invalid-request")


async def test_a_link_is_good_for_some_minutes_and_none_is_made_up(
    site: Site, inside: Visitor, paid: str
) -> None:
    link = (await listed(inside, paid))[0]["apple"]
    travel(site.runtime, LINK_TTL_S - 5)
    assert (await site.get(link)).status_code == 200
    travel(site.runtime, 6)
    problem_of(await site.get(link), 404, "not-found")
    problem_of(await site.get("/v1/phone-tickets/made-up"), 404, "not-found")
    token = inside.tokens["Authorization"].removeprefix("Bearer ")
    problem_of(await site.get(f"/v1/phone-tickets/{token}"), 404, "not-found")


async def test_a_seat_that_the_order_has_no_more_has_no_ticket(
    site: Site, inside: Visitor, paid: str
) -> None:
    first, second = await listed(inside, paid)
    await move(site.runtime, UUID(paid), "1", "5")
    assert (await site.get(first["apple"])).status_code == 200
    problem_of(await site.get(second["apple"]), 404, "not-found")
    problem_of(await site.get(second["google"]), 404, "not-found")
    await cancel_seats(site.runtime, OP, CancelWish(UUID(paid)))
    problem_of(await site.get(first["apple"]), 404, "not-found")


@pytest.mark.parametrize(("state", "is_shut"), [("open", True), ("lost", True), ("won", False)])
async def test_an_order_whose_payment_is_disputed_has_none(
    site: Site, inside: Visitor, paid: str, state: str, is_shut: bool
) -> None:
    """Its code opens no door either."""
    first = (await listed(inside, paid))[0]
    as_owner(site.runtime.settings, CHECKOUT, DISPUTE.format(state=state))
    listing = await inside.get(f"/v1/orders/{paid}/phone-tickets")
    if is_shut:
        problem_of(listing, 409, "order-disputed")
        problem_of(await site.get(first["apple"]), 404, "not-found")
        problem_of(await site.get(first["google"]), 404, "not-found")
    else:
        assert listing.status_code == 200
        assert (await site.get(first["apple"])).status_code == 200


async def test_a_ticket_in_english_has_the_english_name_of_its_grade(
    site: Site, inside: Visitor
) -> None:
    named = TEXT.format(**SMALL).replace('name = "R"', 'name = "R"\nname_en = "Royal"')
    await load_concert(site.runtime.settings, parse(named, "hall.toml"))
    await site.runtime.catalogue.refresh()
    await inside.top_up()
    order_id = await inside.held("1")
    await inside.pay(order_id)
    grades = []
    for language in ("ko", "en"):
        (ticket,) = await listed(inside, order_id, language)
        said = said_by((await site.get(ticket["apple"])).content)
        fields = {field["key"]: field for field in said["eventTicket"]["auxiliaryFields"]}
        grades.append(fields["grade"]["value"])
    assert grades == ["R", "Royal"]


async def test_a_ticket_is_signed_beside_the_event_loop(
    site: Site, inside: Visitor, paid: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []
    pkpass, save_url = apple_tickets.pkpass, google_tickets.save_url

    def noted_pkpass(*given: Any) -> bytes:
        threads.append(threading.get_ident())
        return pkpass(*given)

    def noted_url(*given: Any) -> str:
        threads.append(threading.get_ident())
        return save_url(*given)

    monkeypatch.setattr(apple_tickets, "pkpass", noted_pkpass)
    monkeypatch.setattr(google_tickets, "save_url", noted_url)
    first = (await listed(inside, paid))[0]
    assert (await site.get(first["apple"])).status_code == 200
    assert (await site.get(first["google"])).status_code == 303
    assert len(threads) == 2
    assert threading.get_ident() not in threads


async def test_tickets_of_an_order_are_limited_by_the_minute(
    site: Site, inside: Visitor, paid: str
) -> None:
    first = (await listed(inside, paid))[0]
    for _ in range(MADE_OF_ORDER - 1):
        site.runtime.phone_tickets.made.count(UUID(paid))
    assert (await site.get(first["google"])).status_code == 303
    refused = await site.get(first["google"])
    problem_of(refused, 429, "rate-limited")
    assert int(refused.headers["retry-after"]) > 0


async def test_the_settings_say_which_apps_there_are(site: Site) -> None:
    assert (await site.get("/v1/settings")).json()["phone_tickets"] == ["apple", "google"]


async def test_a_server_without_keys_makes_none_and_says_so(
    settings: Settings, inside: Visitor, paid: str
) -> None:
    before = await listed(inside, paid)
    async with running_site(settings.replace(phone_tickets="")) as without:
        assert (await without.get("/v1/settings")).json()["phone_tickets"] == []
        fan = without.visitor(inside.user_id)
        problem_of(await fan.get(f"/v1/orders/{paid}/phone-tickets"), 404, "not-found")
        problem_of(await without.get(before[0]["apple"]), 404, "not-found")


async def test_a_server_with_google_alone_has_nothing_for_apple(
    settings: Settings, inside: Visitor, paid: str
) -> None:
    async with running_site(settings.replace(phone_tickets=google())) as alone:
        (first, _) = await listed(alone.visitor(inside.user_id), paid)
    assert first["apple"] is None
    assert first["google"].startswith("/v1/phone-tickets/")

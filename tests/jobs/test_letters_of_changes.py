"""Mails about what became of an order: written by the transaction that causes them, one for each
cause, and in the fan's language."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from helpers.concerts import FIRST
from helpers.fans import Fan, carried_out, only
from helpers.moves import move
from yemae.jobs.letters_of_orders import letter_of
from yemae.mail.letters import Letter
from yemae.mail.templates import templates_of
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact, Kind, Language, OutboxMessage
from yemae.runtime import Runtime
from yemae.sale import pay
from yemae.sale.cancel_date import cancel_date, postpone_date
from yemae.sale.contacts import NewAddress, change_address
from yemae.sale.refund_run import take_step
from yemae.sale.ticket_links import PATH

AFTER = datetime(2030, 3, 1, 11, tzinfo=UTC)
WHY = "The stage is broken"


async def paid(runtime: Runtime, name: str, *seats: str, language: Language | None = "en") -> Order:
    """A paid order, of a fan who said where to hear of it unless `language` is None."""
    fan = Fan(runtime, name)
    await fan.top_up()
    await fan.hold(*seats)
    contact = Contact(f"{name}@example.com", language) if language else None
    request = fan.pay_request()._replace(contact=contact)
    return only(await carried_out(pay.pay(runtime, [request]))).order


async def messages_of(runtime: Runtime, kind: Kind) -> list[OutboxMessage]:
    """The messages of a kind, newest first."""
    async with runtime.postgres.transaction() as tx:
        return [each for each in await outbox.listed(tx, None, 100) if each.kind == kind]


async def letter(runtime: Runtime, kind: Kind) -> Letter:
    """The one letter of a kind."""
    (message,) = await messages_of(runtime, kind)
    return await letter_of(runtime, templates_of(runtime.settings), message)


async def test_other_seats_are_mailed_with_their_tickets(runtime: Runtime) -> None:
    order = await paid(runtime, "ann", "1", "2")
    await move(runtime, order.id, "2", "5")
    found = await letter(runtime, "tickets_moved")
    assert found.subject.startswith("You have other seats")
    assert len(found.pictures) == 2
    assert "earlier mails" in found.text
    assert PATH in found.html
    held = Fan(runtime, "ben")
    await held.hold("7")
    assert held.order is not None
    await move(runtime, held.order.id, "8")
    assert len(await messages_of(runtime, "tickets_moved")) == 1


async def test_a_date_that_is_moved_is_mailed_to_each_of_its_fans_once(runtime: Runtime) -> None:
    await paid(runtime, "ann", "1", "2")
    await paid(runtime, "ben", "3", language="ko")
    await paid(runtime, "eve", "4", language=None)
    await Fan(runtime, "zoe").hold("5")
    await postpone_date(runtime, "op", FIRST, AFTER, WHY)
    messages = await messages_of(runtime, "date_moved")
    assert Counter(each.user_id for each in messages) == {"ann": 1, "ben": 1}
    letters = {
        each.language: await letter_of(runtime, templates_of(runtime.settings), each)
        for each in messages
    }
    assert "New date: Fri, 1 March 2030, 11:00" in letters["en"].text
    assert "Instead of: Tue, 1 January 2030, 10:00" in letters["en"].text
    assert "without a fee until" in letters["en"].html
    assert "새 일시: 2030년 3월 1일(금) 11:00" in letters["ko"].text
    assert letters["ko"].calendar is not None
    later = AFTER.replace(month=4)
    await postpone_date(runtime, "op", FIRST, later, WHY)
    assert len(await messages_of(runtime, "date_moved")) == 4


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_a_cancelled_date_is_mailed_once_with_the_money_that_goes_back(
    runtime: Runtime, language: Language
) -> None:
    order = await paid(runtime, "ann", "1", "2", language=language)
    run = await cancel_date(runtime, "op", FIRST, WHY)
    await cancel_date(runtime, "op", FIRST, WHY)
    while await take_step(runtime, run):
        pass
    found = await letter(runtime, "date_cancelled")
    assert await messages_of(runtime, "order_cancelled") == []
    amount = f"{order.total:,}"
    assert {"ko": "공연이 취소됐어요", "en": "The date is cancelled"}[language] in found.subject
    assert amount in found.text
    assert amount in found.html


async def test_a_mail_that_was_claimed_before_the_address_changed_takes_no_good_link_there(
    runtime: Runtime,
) -> None:
    order = await paid(runtime, "ann", "1")
    async with runtime.postgres.transaction() as tx:
        (claimed,) = await outbox.claim(tx, 1, 60)
    new = NewAddress("right@example.com", "en")
    await change_address(runtime, order.user_id, order.id, new, network="x")
    letter = await letter_of(runtime, templates_of(runtime.settings), claimed)
    assert letter.to == "right@example.com"

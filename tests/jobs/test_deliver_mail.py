"""What mails say to fans of their orders, and that a mail server in trouble loses no message."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from helpers.fans import Fan, carried_out, only
from helpers.mail_server import MailServer, Taken, mail_server
from helpers.time_travel import travel
from yemae.jobs.deliver_mail import AGAIN_MAX_S, GIVE_UP_AFTER, LANES, LEASE_S, deliver_mail
from yemae.orders.booking_number import booking_number
from yemae.orders.order import Order
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Contact, OutboxMessage
from yemae.refusals import Refusal
from yemae.runtime import Runtime, open_runtime
from yemae.sale import pay
from yemae.sale.refund import RefundWish, refund_order
from yemae.sale.ticket_links import PATH
from yemae.settings import Settings, to_environ

ANN = Contact("ann@example.com", "en")
MAILING = Path(__file__).with_name("mailing.py")
# In the middle of which letters the delivering process is killed, before and after they are taken.
KILLED_BEFORE, KILLED_AFTER = (30, 120), (60, 180)
ORDERS = 300


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as opened:
        yield opened


@pytest.fixture
def settings(settings: Settings, server: MailServer) -> Settings:
    """The settings of a server that sends mail there."""
    return settings.replace(smtp_url=server.url(), mail_from="Tickets <tickets@example.com>")


async def paid(fan: Fan, *seats: str, contact: Contact | None = ANN) -> Order:
    """A paid order of a fan who said where to hear of it."""
    await fan.top_up(key=f"for {seats}")
    await fan.hold(*seats)
    request = fan.pay_request()._replace(contact=contact)
    return only(await carried_out(pay.pay(fan.runtime, [request]))).order


async def listed(runtime: Runtime) -> list[OutboxMessage]:
    """All messages, newest first."""
    async with runtime.postgres.transaction() as tx:
        return await outbox.listed(tx, None, 1_000)


async def states(runtime: Runtime) -> Counter[str]:
    """How many messages are in which state."""
    return Counter(message.state for message in await listed(runtime))


async def test_a_paid_order_is_confirmed_once_with_its_tickets(
    runtime: Runtime, fan: Fan, server: MailServer
) -> None:
    order = await paid(fan, "1", "2")
    assert await deliver_mail(runtime) == 1
    assert await deliver_mail(runtime) == 0
    (taken,) = server.post.taken
    assert taken.to == ["ann@example.com"]
    assert booking_number(order.id) in str(taken.message["Subject"])
    kinds = Counter(part.get_content_type() for part in taken.message.walk())
    assert (kinds["image/png"], kinds["text/calendar"]) == (2, 1)
    html = taken.message.get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert f'href="http://127.0.0.1:8000{PATH}#' in text
    assert '"@type": "EventReservation"' in text
    assert text.count('src="cid:ticket-') == 2


@pytest.mark.parametrize(("email", "to"), [(None, []), ("bob@example.com", ["bob@example.com"])])
async def test_without_an_address_of_the_order_it_is_the_accounts(
    runtime: Runtime, fan: Fan, server: MailServer, email: str | None, to: list[str]
) -> None:
    await fan.top_up()
    async with runtime.postgres.transaction() as tx:
        await tx.execute(b"update users set email = %(email)s where id = 'fan'", email=email)
    await paid(fan, "1", contact=Contact(None, "ko"))
    await deliver_mail(runtime)
    assert [address for taken in server.post.taken for address in taken.to] == to
    assert all("예매가 완료됐어요" in str(taken.message["Subject"]) for taken in server.post.taken)


async def test_a_payment_that_is_refused_tells_nothing(runtime: Runtime, fan: Fan) -> None:
    await fan.hold("1")
    request = fan.pay_request()._replace(contact=ANN)
    (answer,) = await carried_out(pay.pay(runtime, [request]))
    assert isinstance(answer, Refusal)
    assert await listed(runtime) == []


async def test_a_server_that_sends_no_mail_writes_no_message(
    settings: Settings, usual_concert: str
) -> None:
    silent = settings.replace(smtp_url="", mode="production", secret_key="k" * 32)
    async with open_runtime(silent) as runtime:
        assert usual_concert in runtime.catalogue.queues
        await paid(Fan(runtime, "fan"), "1")
        assert await listed(runtime) == []
        assert await deliver_mail(runtime) == 0


async def test_every_fan_of_a_batch_gets_the_mail_they_asked_for(
    runtime: Runtime, server: MailServer
) -> None:
    fans = [Fan(runtime, name) for name in ("ann", "bob", "cy")]
    contacts = [ANN, Contact("bob@example.com", "ko"), None]
    for number, each in enumerate(fans, 1):
        await each.top_up()
        await each.hold(str(number))
    requests = [
        each.pay_request()._replace(contact=contact)
        for each, contact in zip(fans, contacts, strict=True)
    ]
    await carried_out(pay.pay(runtime, requests))
    assert await deliver_mail(runtime) == 2
    arrived = {taken.to[0]: str(taken.message["Content-Language"]) for taken in server.post.taken}
    assert arrived == {"ann@example.com": "en", "bob@example.com": "ko"}


async def test_a_mail_about_a_refund_has_its_amount(
    runtime: Runtime, fan: Fan, server: MailServer
) -> None:
    order = await paid(fan, "1", "2")
    await refund_order(runtime, "op", RefundWish(order.id, 10_000, "Bad view"))
    assert await deliver_mail(runtime) == 2
    (refund,) = [t for t in server.post.taken if "Refund" in str(t.message["Subject"])]
    assert "10,000 KRW" in str(refund.message["Subject"])


async def test_an_hour_without_a_mail_server_loses_nothing(
    runtime: Runtime, fan: Fan, server: MailServer
) -> None:
    server.post.answer = "451 try later"
    await paid(fan, "1")
    await paid(fan, "2")
    minutes = 0
    while minutes < 60:
        assert await deliver_mail(runtime) == 0
        travel(runtime, 60)
        minutes += 1
    assert await states(runtime) == {"waiting": 2}
    assert {message.error for message in await listed(runtime)} == {"451 try later"}
    server.post.answer = ""
    travel(runtime, AGAIN_MAX_S)
    assert await deliver_mail(runtime) == 2
    assert await states(runtime) == {"sent": 2}


async def test_what_no_mail_server_takes_is_given_up_after_three_days_and_can_be_sent_again(
    runtime: Runtime, fan: Fan, server: MailServer
) -> None:
    server.post.answer = "451 try later"
    await paid(fan, "1")
    await deliver_mail(runtime)
    travel(runtime, (GIVE_UP_AFTER + timedelta(hours=1)).total_seconds())
    await deliver_mail(runtime)
    assert await states(runtime) == {"given_up": 1}
    server.post.answer = ""
    assert await deliver_mail(runtime) == 0
    async with runtime.postgres.transaction() as tx:
        assert await outbox.retry(tx, None) == 1
    assert await deliver_mail(runtime) == 1
    async with runtime.postgres.transaction() as tx:
        assert await outbox.retry(tx, None) == 0


async def test_an_address_that_is_refused_is_given_up_and_holds_up_no_other(
    runtime: Runtime, fan: Fan, server: MailServer
) -> None:
    server.post.recipients["ann@example.com"] = "550 no such user"
    await paid(fan, "1")
    await paid(fan, "2", contact=Contact("bob@example.com", "en"))
    assert await deliver_mail(runtime) == 1
    assert await states(runtime) == {"given_up": 1, "sent": 1}
    assert "550 no such user" in [message.error for message in await listed(runtime)]


async def test_a_mail_server_that_is_away_puts_a_message_off(
    settings: Settings, usual_concert: str
) -> None:
    with mail_server() as gone:
        away = settings.replace(smtp_url=gone.url())
    async with open_runtime(away) as runtime:
        assert usual_concert in runtime.catalogue.queues
        await paid(Fan(runtime, "fan"), "1")
        assert await deliver_mail(runtime) == 0
        (message,) = await listed(runtime)
    assert (message.state, message.attempts) == ("waiting", 1)
    assert message.error is not None


async def test_a_template_with_a_mistake_keeps_the_message(
    settings: Settings, usual_concert: str, tmp_path: Path, server: MailServer
) -> None:
    (tmp_path / "order_paid.en.txt").write_text("{{ nothing }}")
    async with open_runtime(settings.replace(mail_templates_dir=tmp_path)) as runtime:
        assert usual_concert in runtime.catalogue.queues
        await paid(Fan(runtime, "fan"), "1")
        assert await deliver_mail(runtime) == 0
        (message,) = await listed(runtime)
    assert (message.state, server.post.taken) == ("waiting", [])
    assert message.error is not None
    assert message.error.startswith("The mail template order_paid.en")


async def test_an_order_that_was_cancelled_before_its_mail_shows_no_ticket(
    runtime: Runtime, fan: Fan, server: MailServer
) -> None:
    order = await paid(fan, "1")
    async with runtime.postgres.transaction() as tx:
        await tx.execute(b"update orders set status = 'cancelled' where id = %(id)s", id=order.id)
    assert await deliver_mail(runtime) == 1
    (taken,) = server.post.taken
    assert "image/png" not in {part.get_content_type() for part in taken.message.walk()}


async def test_kill_9_in_the_middle_confirms_every_order_exactly_once(
    runtime: Runtime, fan: Fan, server: MailServer, settings: Settings
) -> None:
    order = await paid(fan, "1", contact=None)
    async with runtime.postgres.transaction() as tx:
        await tx.execute(MANY_ORDERS, of=order.id, orders=ORDERS)
    process: list[subprocess.Popen[bytes]] = []
    met: list[Taken] = []

    def kill_at(letters: tuple[int, ...]) -> None:
        if len(met) in letters:
            process[0].send_signal(signal.SIGKILL)
            process[0].wait()
            raise ConnectionError

    def before(taken: Taken) -> None:
        met.append(taken)
        kill_at(KILLED_BEFORE)

    def deliver_until_killed() -> int:
        process[:] = [subprocess.Popen([sys.executable, MAILING], env=environ)]
        return process[0].wait(timeout=120)

    server.post.before = before
    server.post.after = lambda _: kill_at(KILLED_AFTER)
    environ = os.environ | to_environ(settings)
    kills = len(KILLED_BEFORE) + len(KILLED_AFTER)
    for _ in range(kills):
        assert await asyncio.to_thread(deliver_until_killed) == -signal.SIGKILL
    # What the dead had claimed is due again after their lease.
    travel(runtime, LEASE_S + 1)
    await deliver_mail(runtime)
    assert await states(runtime) == {"sent": ORDERS}
    accepted = Counter(taken.id for taken in server.post.taken)
    assert accepted.keys() == {f"<{m.id}@example.com>" for m in await listed(runtime)}
    # Of letters whose answer was lost with the process, a second copy under the same id.
    assert sum(accepted.values()) - ORDERS <= kills * LANES
    assert max(accepted.values()) <= 1 + kills


MANY_ORDERS = b"""
with sold as (
    insert into orders (id, user_id, performance_key, status, seat_numbers, seat_grades,
                        seat_prices, total, currency, created_at, expires_at, pass_number)
    select gen_random_uuid(), user_id, performance_key, 'paid', seat_numbers, seat_grades,
           seat_prices, total, currency, created_at, expires_at, n
    from orders cross join generate_series(1, %(orders)s) as n
    where id = %(of)s
    returning id
),
contacts as (
    insert into order_contacts (order_id, email, language)
    select id, 'fan-' || id || '@example.com', 'ko' from sold
)
insert into messages (kind, cause, order_id) select 'order_paid', id, id from sold
"""

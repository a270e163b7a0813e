"""`yemae outbox`: what it lists, and what it sends again."""

import asyncio
import json

import pytest

from helpers.command import yemae
from helpers.fans import Fan, carried_out
from helpers.mail_server import mail_server
from yemae.jobs.deliver_mail import deliver_mail
from yemae.outbox.messages import Contact
from yemae.runtime import open_runtime
from yemae.sale import pay
from yemae.settings import Settings


async def _give_up(settings: Settings) -> None:
    with mail_server() as server:
        server.post.answer = "554 spam"
        sending = settings.replace(smtp_url=server.url(), mail_from="tickets@example.com")
        async with open_runtime(sending) as runtime:
            fan = Fan(runtime, "fan")
            await fan.top_up()
            await fan.hold("1")
            contact = Contact("ann@example.com", "en")
            await carried_out(pay.pay(runtime, [fan.pay_request()._replace(contact=contact)]))
            await deliver_mail(runtime)


@pytest.fixture
def given_up(hall: Settings) -> Settings:
    """A message that a mail server refused for ever."""
    asyncio.run(_give_up(hall))
    return hall


@pytest.mark.usefixtures("given_up")
def test_a_message_that_was_given_up_is_listed_and_sent_again() -> None:
    assert "554 spam" in yemae("outbox", "list").out
    assert "554 spam" not in yemae("outbox", "list", "--state", "sent").out
    (line,) = json.loads(yemae("outbox", "list", "--json", "--state", "given_up").out)
    assert (line["email"], line["attempts"], line["error"]) == ("a**@example.com", 1, "554 spam")
    assert yemae("outbox", "retry", line["id"]) == (0, "Messages due now: 1\n", "")
    (line,) = json.loads(yemae("outbox", "list", "--json").out)
    assert (line["state"], line["attempts"]) == ("waiting", 0)
    assert yemae("outbox", "retry", "--all").out == "Messages due now: 1\n"
    every, one = json.loads(yemae("log", "--action", "send mail again", "--json").out)
    assert (one["who"][:4], one["details"]) == ("cli:", {"mails": 1, "mail": line["id"]})
    assert every["details"] == {"mails": 1}


@pytest.mark.usefixtures("hall")
def test_what_is_to_be_sent_again_is_named() -> None:
    assert yemae("outbox", "retry").err == "yemae: Name messages, or type --all.\n"
    assert yemae("outbox", "retry", "x").err == "yemae: 'x' is no message's id.\n"

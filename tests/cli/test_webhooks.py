"""`yemae webhooks`: endpoints, and what they answered."""

import asyncio
import json

import pytest

from helpers.command import yemae
from helpers.receiver import receiving
from yemae.jobs.deliver_webhooks import Deliverer
from yemae.runtime import open_runtime
from yemae.settings import Settings

URL = "https://receiver.invalid/hooks"


def added(url: str = URL, *options: str) -> tuple[str, str]:
    """The id and the secret of a new endpoint."""
    done = yemae("webhooks", "add", url, *options)
    assert done.code == 0, done.err
    first, second = done.out.splitlines()
    return first.removeprefix("endpoint "), second.removeprefix("secret   ")


async def _deliver(settings: Settings) -> None:
    async with open_runtime(settings) as runtime, Deliverer(settings) as deliverer:
        await deliverer.deliver_webhooks(runtime)
        await deliverer.settle()


@pytest.mark.usefixtures("hall")
def test_an_endpoint_is_added_changed_and_removed() -> None:
    id_, secret = added(URL, "--event", "order.paid")
    assert "order.paid" in yemae("webhooks", "list").out
    assert secret not in yemae("webhooks", "rotate", id_).out
    shown = yemae("webhooks", "set", id_, "--disable", "--event", "queue.opened").out
    assert shown == f"{id_} is disabled (operator): queue.opened to {URL}\n"
    assert "is on:" in yemae("webhooks", "set", id_, "--enable").out
    (line,) = json.loads(yemae("webhooks", "list", "--json").out)
    assert (line["id"], line["events"]) == (id_, ["queue.opened"])
    assert yemae("webhooks", "remove", id_).out == f"{id_} is removed\n"
    assert yemae("webhooks", "test", id_).err == f"yemae: There is no endpoint {id_}.\n"


def test_a_test_that_a_receiver_refuses_is_in_the_log_and_sent_again(
    hall: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YEMAE_WEBHOOK_ADDRESSES", "any")
    with receiving() as receiver:
        id_, _ = added(receiver.url())
        receiver.status = 500
        assert "is on its way" in yemae("webhooks", "test", id_).out
        asyncio.run(_deliver(hall.replace(webhook_addresses="any")))
    assert "answered 500" in yemae("webhooks", "log", id_).out
    assert "failing" in yemae("webhooks", "list").out
    (line,) = json.loads(yemae("webhooks", "log", id_, "--state", "waiting", "--json").out)
    assert (line["type"], line["status"], line["attempts"]) == ("webhook.test", 500, 1)
    assert yemae("webhooks", "replay", id_, line["event_id"]).out == "Events due now: 1\n"
    assert yemae("webhooks", "replay", id_, "--state", "given_up").out == "Events due now: 0\n"


@pytest.mark.usefixtures("hall")
def test_what_was_typed_wrong_is_said_in_one_sentence() -> None:
    for words, says in (
        (("add", "http://a.invalid"), "url"),
        (("add", URL, "--event", "order.lost"), "order.lost is no event"),
        (("set", "x", "--enable"), "'x' is no endpoint's id."),
        (("replay", "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"), "Name events, or type --state."),
        (("set", "0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11"), "Name what is to be changed"),
    ):
        done = yemae("webhooks", *words)
        assert (done.code, done.out) == (2, "")
        assert says in done.err
        assert done.err.count("\n") == 1

"""An operator's message ends at its time: for every fan, by the stores' clock, on every node."""

from datetime import timedelta
from typing import Any

import pytest

from helpers.concerts import HALL
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.time_travel import travel
from yemae.runtime import Runtime
from yemae.settings import Settings
from yemae.values.instants import instant

QUEUE = f"/v1/concerts/{HALL}/queue"
CONTROL = f"/v1/admin/concerts/{HALL}/queue"
HELLO = {"ko": "", "en": "Back soon"}


@pytest.fixture
def op(site: Site) -> Visitor:
    return operator(site)


def operator(site: Site) -> Visitor:
    """A user with the role in the token."""
    visitor = site.visitor("op")
    token = site.runtime.issuer.issue("op", "operator").text
    visitor.tokens["Authorization"] = f"Bearer {token}"
    return visitor


def after(runtime: Runtime, seconds: float) -> str:
    """A moment of the stores' clock, as the API writes it."""
    return str(instant(runtime.now() + timedelta(seconds=seconds)))


async def say(op: Visitor, **values: object) -> dict[str, Any]:
    """Change the message and return the report."""
    answer = await op.ask("PATCH", CONTROL, json=values)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def shown(site: Site, fan: Visitor) -> list[object]:
    """The message as the queue, a poll and a repeated join tell it."""
    return [
        (await site.get(QUEUE)).json().get("message"),
        (await fan.get("/v1/queue-tokens/me")).json().get("message"),
        (await fan.join()).json().get("message"),
    ]


async def test_a_message_is_shown_until_its_end_and_to_no_fan_after_it(
    site: Site, op: Visitor
) -> None:
    fan = site.visitor("fan")
    await fan.join()
    until = after(site.runtime, 900)
    await say(op, message_en="Back soon", message_until=until)
    assert await shown(site, fan) == [{**HELLO, "until": until}] * 3
    travel(site.runtime, 890)
    assert await shown(site, fan) == [{**HELLO, "until": until}] * 3
    travel(site.runtime, 10)
    assert await shown(site, fan) == [None] * 3
    report = (await op.get(CONTROL)).json()
    assert report["settings"]["message_en"] == "Back soon"
    assert report["settings"]["message_until"] == until
    assert report["message_is_over"] is True


async def test_a_message_ends_on_every_node_also_between_two_views_of_the_queue(
    settings: Settings,
) -> None:
    # Both nodes answer from a view that was made while the message was shown.
    async with open_site(settings) as site, open_site(settings) as other:
        until = after(site.runtime, 60)
        await say(operator(site), message_en="Back soon", message_until=until)
        await other.runtime.catalogue.refresh()
        for node in (site, other):
            assert (await node.get(QUEUE)).json()["message"]["until"] == until
            tag = (await node.get(QUEUE)).headers["etag"]
            travel(node.runtime, 61)
            answer = await node.get(QUEUE, headers={"If-None-Match": tag})
            assert answer.status_code == 200
            assert "message" not in answer.json()


async def test_a_message_cannot_end_in_the_past_nor_without_a_text(site: Site, op: Visitor) -> None:
    past = {"message_en": "Hi", "message_until": after(site.runtime, -1)}
    answer = await op.ask("PATCH", CONTROL, json=past)
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert error["field"] == "message_until"
    assert "expected a time to come; it is" in str(error)
    alone = {"message_until": after(site.runtime, 60)}
    answer = await op.ask("PATCH", CONTROL, json=alone)
    (error,) = problem_of(answer, 422, "invalid-request")["errors"]
    assert "there is no message that could end" in str(error)
    assert "message" not in (await site.get(QUEUE)).json()
    wrong = await op.ask("PATCH", CONTROL, json={"message_en": "Hi", "message_until": "20:30"})
    problem_of(wrong, 422, "invalid-request")


async def test_a_text_after_the_end_is_a_new_message_without_end(site: Site, op: Visitor) -> None:
    fan = site.visitor("fan")
    await fan.join()
    until = after(site.runtime, 60)
    await say(op, message_ko="곧", message_en="Back soon", message_until=until)
    travel(site.runtime, 60)
    await say(op, message_en="Open again")
    assert await shown(site, fan) == [{"ko": "", "en": "Open again"}] * 3
    (line, first) = (await op.get(f"{CONTROL}/actions")).json()["actions"]
    assert line["details"] == {
        "message_ko": {"from": "곧", "to": None},
        "message_en": {"from": "Back soon", "to": "Open again"},
        "message_until": {"from": until, "to": None},
    }
    assert first["details"]["message_until"] == {"from": None, "to": until}


async def test_the_end_of_a_message_is_moved_and_taken_away_alone(site: Site, op: Visitor) -> None:
    fan = site.visitor("fan")
    await fan.join()
    later = after(site.runtime, 300)
    await say(op, message_en="Back soon", message_until=after(site.runtime, 60))
    await say(op, message_until=later)
    await say(op, message_ko="곧")
    assert await shown(site, fan) == [{"ko": "곧", "en": "Back soon", "until": later}] * 3
    await say(op, message_until=None)
    travel(site.runtime, 600)
    assert await shown(site, fan) == [{"ko": "곧", "en": "Back soon"}] * 3
    report = await say(op, message_ko=None, message_en=None)
    assert report["settings"]["message_until"] is None
    assert report["message_is_over"] is False

"""Web Push in a real Chromium: the waiting page asks for it, and the service worker shows it.

No test reaches the push service of Chromium's maker: a script stands in for the subscription alone,
and the browser's own test interface delivers the message to the service worker.
"""

import json
import re
from typing import Any

from playwright.sync_api import Page, expect

from e2e.conftest import PHONE, Opener
from e2e.fans import continue_as_guest
from helpers.push_double import Browser, text_of
from helpers.serving import until

TITLES = """async () => {
  const ready = await navigator.serviceWorker.ready;
  return (await ready.getNotifications()).map((n) => [n.title, n.body, n.data.path]);
}"""


def subscription() -> str:
    """A script that subscribes as Chromium does, at an address that takes no push."""
    browser = Browser("https://push.example.com/send/1")
    keys = {"p256dh": text_of(browser.public), "auth": text_of(browser.auth)}
    shown = json.dumps({"endpoint": browser.endpoint, "keys": keys})
    return (
        "PushManager.prototype.subscribe = async (options) => {"
        " globalThis.asked = options;"
        f" return {{ endpoint: {json.dumps(browser.endpoint)}, toJSON: () => ({shown}) }}; }};"
    )


def deliver(page: Page, message: dict[str, str]) -> None:
    """Let the browser receive a push for this page."""
    session = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": page.evaluate("location.origin"),
            "registrationId": found[-1]["registrationId"],
            "data": json.dumps(message),
        },
    )


def test_the_waiting_page_asks_for_pushes_and_the_worker_shows_them(
    open_page: Opener, early: str
) -> None:
    page = open_page(locale="en-US", viewport=PHONE)
    page.context.grant_permissions(["notifications"])
    page.add_init_script(subscription())
    asked: list[dict[str, Any]] = []
    page.on(
        "response",
        lambda answer: (
            asked.append({"status": answer.status, **json.loads(answer.request.post_data or "{}")})
            if answer.url.endswith("/v1/push-notices")
            else None
        ),
    )
    page.goto(f"/concerts/{early}/queue")
    continue_as_guest(page)
    expect(page.get_by_role("button", name=re.compile("Notification"))).to_be_visible()
    page.wait_for_function("globalThis.asked?.userVisibleOnly === true")
    until(lambda: page.evaluate("1") == 1 and len(asked) > 0, 20)
    assert (asked[0]["status"], asked[0]["language"]) == (204, "en")
    page.goto("/")
    path = f"/concerts/{early}/queue"
    deliver(page, {"title": "Small hall", "body": "Your turn", "tag": "x", "path": path})
    until(lambda: page.evaluate(TITLES) == [["Small hall", "Your turn", path]], 20)

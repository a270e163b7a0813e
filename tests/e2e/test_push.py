"""Web Push in a real Chromium: the waiting page asks to be called, with its place.

No test reaches the push service of Chromium's maker, and without a screen Chromium allows no
notifications: a script stands in for the permission and for the subscription.
"""

import json
import re

from playwright.sync_api import expect

from e2e.conftest import PHONE, NewConcert, Opener
from e2e.fans import continue_as_guest
from e2e.test_waiting_room import opens_in
from helpers.push_double import Browser, text_of


def subscribed() -> str:
    """A script that subscribes as Chromium does, at an address that takes no push."""
    browser = Browser("https://push.example.com/send/1")
    keys = {"p256dh": text_of(browser.public), "auth": text_of(browser.auth)}
    shown = json.dumps({"endpoint": browser.endpoint, "keys": keys})
    return f"""
        Object.defineProperty(Notification, "permission", {{ get: () => "granted" }});
        PushManager.prototype.subscribe = async ({{ applicationServerKey: key }}) => {{
          if (key.length !== 87) throw new Error(key);
          return {{ ...{shown}, toJSON: () => ({shown}) }};
        }};
    """


def test_the_waiting_page_asks_to_be_called_with_its_place(
    new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(opening=opens_in(hours=(-1, 1)))
    page = open_page(locale="en-US", viewport=PHONE)
    page.add_init_script(subscribed())
    page.goto(f"/concerts/{concert}/queue")
    with page.expect_response(re.compile("/v1/push-notices$")) as answer:
        continue_as_guest(page)
    assert answer.value.status == 204
    assert answer.value.request.headers["queue-token"]
    expect(page.get_by_role("button", name="Notification ✓")).to_be_visible()

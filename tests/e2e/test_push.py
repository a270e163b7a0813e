"""Web Push in a real Chromium: the waiting page asks to be called, with its place,
and what is pushed is shown.

No test reaches the push service of Chromium's maker, and without a screen Chromium allows no
notifications: a script stands in for the permission, the subscription and what the system shows.
The browser itself delivers a push to the service worker.
"""

import json
import re

from playwright.sync_api import expect

from e2e.conftest import PHONE, WAIT_MS, NewConcert, Opener
from e2e.fans import continue_as_guest
from e2e.test_waiting_room import opens_in
from helpers.push_double import Browser, text_of
from helpers.serving import until


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


# What stands in for the notifications that a Chromium without a screen does not allow.
SHOWN = """
    globalThis.shown = [];
    registration.showNotification = async (title, more) => { shown.push({ title, ...more }); };
    clients.openWindow = async (path) => { shown.push({ opened: path }); };
    null;
"""
CLICK = """(data) => {
    const event = new ExtendableEvent("notificationclick");
    event.notification = { data, close: () => shown.push({ closed: true }) };
    dispatchEvent(event);
}"""


def test_what_is_pushed_is_shown_and_a_press_opens_its_page(open_page: Opener) -> None:
    page = open_page()
    page.goto("/")
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    with page.context.expect_event("serviceworker") as started:
        page.evaluate("navigator.serviceWorker.register('/sw.js')")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    worker = started.value
    worker.evaluate(SHOWN)

    def push(path: str) -> None:
        message = {"title": "Your turn", "body": "Come in", "tag": "turn", "path": path}
        session.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": page.evaluate("location.origin"),
                "registrationId": found[-1],
                "data": json.dumps(message),
            },
        )

    # The fan looks at this page, and hears of it there.
    push("/")
    push("/concerts/hall/queue")
    expected = {
        "title": "Your turn",
        "body": "Come in",
        "tag": "turn",
        "data": {"path": "/concerts/hall/queue"},
        "icon": "/icon.svg",
    }
    until(lambda: worker.evaluate("shown.length") > 0, WAIT_MS / 1000)
    assert worker.evaluate("shown") == [expected]
    worker.evaluate(CLICK, {"path": "/concerts/hall/queue"})
    until(lambda: worker.evaluate("shown.length") == 3, WAIT_MS / 1000)
    assert worker.evaluate("shown.slice(1)") == [
        {"closed": True},
        {"opened": "/concerts/hall/queue"},
    ]

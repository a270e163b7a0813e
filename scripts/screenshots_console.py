"""Makes the pictures of the console in docs/images/: screens on a phone and on a desktop, in both
languages, while simulated fans buy.

`make screenshots` runs it. The sale is `yemae rehearse --console`, with the sign-in that it prints.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import httpx
from playwright.sync_api import Browser, Page, sync_playwright
from screenshots import IMAGES, KINDS, LANGUAGES, ROOT, save

sys.path.insert(0, str(ROOT / "tests"))
from helpers.browser import launch_options

COMMAND = (
    sys.executable, "-m", "yemae", "rehearse", "--embedded", "--console", "--fans", "3000",
    "--arrival", "poisson", "--arrival-s", "400", "--seats", "2000", "--workers", "1",
    "--admit-per-minute", "360", "--active-limit", "60", "--behaviour", "think_s=6",
)  # fmt: skip
SAID = re.compile(r"console is (?P<url>http://[^/]+).*?sign in as (\S+) with (\S+)\n", re.DOTALL)
# Until there are curves to look at.
MOVING_S = 100.0
SETTLED_MS = 2500
BLOCKED = 60
SCREENS = {
    "line": "rehearsal/line",
    "funnel": "rehearsal/funnel",
    "sales": "rehearsal/sales",
    "seats": "rehearsal/seats",
    "trouble": "trouble",
    "fans": "fans",
    "closing": "rehearsal/closing",
    "log": "log",
    "ready": "rehearsal/ready",
    "concert": "concerts",
    "plan": "concerts",
}


class SignIn(NamedTuple):
    """Where the console is, and how to sign in."""

    url: str
    email: str
    password: str


@contextmanager
def rehearsal() -> Iterator[SignIn]:
    """Simulated fans on a private server, stopped afterwards."""
    kept = {name: value for name, value in os.environ.items() if "YEMAE" not in name}
    process = subprocess.Popen(
        COMMAND, env=kept, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    assert process.stderr is not None
    said, found = "", None
    try:
        while found is None:
            line = process.stderr.readline()
            assert line, said
            said += line
            found = SAID.search(said)
        yield SignIn(*found.groups())
    finally:
        process.terminate()
        process.communicate()


def act(sign_in: SignIn) -> str:
    """What operators do, for the marks of the curves and the log. Returns the booking number of
    what the box office sold."""
    with httpx.Client(base_url=sign_in.url) as client:
        body = {"email": sign_in.email, "password": sign_in.password}
        token = client.post("/v1/sessions", json=body).raise_for_status().json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        booking = block_and_sell(client)
        queue = "/v1/admin/concerts/rehearsal/queue"
        time.sleep(MOVING_S / 2)
        client.patch(queue, json={"admit_per_minute": 240}).raise_for_status()
        time.sleep(MOVING_S / 4)
        message = {"message_ko": "입장문은 19:00에 열립니다.", "message_en": "Doors open at 19:00."}
        client.patch(queue, json=message).raise_for_status()
        time.sleep(MOVING_S / 4)
    return booking


def block_and_sell(client: httpx.Client) -> str:
    """Seats at the end of the hall are held back, for the map, and two before them are sold at the
    box office. Returns the booking number."""
    concerts = client.get("/v1/admin/concerts").raise_for_status().json()["concerts"]
    date = concerts[0]["dates"][0]["id"]
    plan = client.get(f"/v1/performances/{date}/plan").raise_for_status().json()
    numbers = plan["seats"]["number"]
    body = {"performances": [date], "seats": numbers[-BLOCKED:], "reason": "sponsor"}
    client.post("/v1/admin/concerts/rehearsal/blocks", json=body).raise_for_status()
    seats = numbers[-BLOCKED - 2 : -BLOCKED]
    order = {"performance_id": date, "seats": seats, "tender": "cash", "name": "김하늘 Haneul Kim"}
    sold = client.post("/v1/admin/orders", json=order).raise_for_status().json()
    return str(sold["booking_number"])


def take(browser: Browser, sign_in: SignIn, booking: str, kind: str, language: str) -> None:
    """The pictures of one size in one language."""
    options = {**KINDS[kind], **LANGUAGES[language]}
    if kind == "desktop":
        options["viewport"] = {"width": 1440, "height": 900}
    context = browser.new_context(
        base_url=sign_in.url, timezone_id="Asia/Seoul", reduced_motion="reduce", **options
    )
    page = context.new_page()
    page.goto("/console/rehearsal/line")
    type_in(page, sign_in)
    for name, path in SCREENS.items():
        page.goto(f"/console/{path}")
        page.wait_for_selector("main section, main table, main form")
        if name == "fans":
            find(page, booking)
        if name == "concert":
            open_form(page)
        elif name == "plan":
            open_plan(page)
        page.wait_for_timeout(SETTLED_MS)
        save(page, IMAGES / f"console-{name}-{kind}-{language}.webp")
    context.close()


def find(page: Page, booking: str) -> None:
    """The fan with this order."""
    page.get_by_role("searchbox").fill(booking)
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_selector(f"main h2 >> text={booking}")


def open_form(page: Page) -> None:
    """The form of the concert, compared with the server, with the picture of its plan."""
    page.get_by_role("button", name=re.compile("^(Edit|고치기)$")).first.click()
    page.get_by_role("button", name=re.compile("^(See what would change|바뀌는 것 확인)$")).click()
    page.wait_for_selector("main img")


def open_plan(page: Page) -> None:
    """The plan of the concert as a drawing, with its first section chosen."""
    page.get_by_role("button", name=re.compile("^(Edit|고치기)$")).first.click()
    editor = page.get_by_role("region", name=re.compile("^(Plan editor|좌석 배치 편집)$"))
    editor.locator("select").first.select_option(index=1)
    surface = editor.get_by_role("application")
    surface.evaluate("surface => surface.scrollIntoView({ block: 'center' })")


def type_in(page: Page, sign_in: SignIn) -> None:
    """Sign in as a person would."""
    page.locator("input[type=email]").fill(sign_in.email)
    page.locator("input[type=password]").fill(sign_in.password)
    page.locator("button[type=submit]").click()
    page.wait_for_selector("h1 >> text=/대기열|Line/")


def main() -> None:
    """Take them all."""
    with rehearsal() as sign_in, sync_playwright() as playwright:
        booking = act(sign_in)
        browser = playwright.chromium.launch(**launch_options())
        for kind in KINDS:
            for language in LANGUAGES:
                take(browser, sign_in, booking, kind, language)
        browser.close()


if __name__ == "__main__":
    main()

"""What a fan does in the browser, as steps, and another fan who uses the API."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Page, expect


def continue_as_guest(page: Page) -> None:
    """Through the sign-in page without an account."""
    page.get_by_role("button", name=re.compile("게스트로 계속하기|Continue as a guest")).click()


def enter(page: Page, concert: str) -> None:
    """From nothing to the dates of a concert that lets everybody in."""
    page.goto(f"/concerts/{concert}")
    page.get_by_role("link", name=re.compile("^(예매하기|Get tickets)$")).click()
    continue_as_guest(page)
    page.wait_for_url(f"**/concerts/{concert}/dates")


def choose_seats(page: Page, *numbers: str, on_the_way: Callable[[], None] | None = None) -> None:
    """From the dates to the held order; `on_the_way` is called when the seats are chosen."""
    page.locator("main ul a").first.click()
    for number in numbers:
        page.get_by_role("checkbox", name=number, exact=True).check()
    if on_the_way is not None:
        on_the_way()
    page.get_by_role("button", name=re.compile("좌석 고르기|Choose seats")).click()
    page.wait_for_url("**/orders/*")


def position(page: Page) -> int:
    """Where the waiting room says that the fan stands."""
    shown = page.locator(".position")
    expect(shown).to_be_visible()
    return int(re.sub(r"\D", "", shown.inner_text()))


class ApiFan:
    """A fan without a browser."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self._client = client
        email = f"{name}@example.invalid"
        body = {"name": name, "email": email, "password": "correct horse"}
        token = self._client.post("/v1/users", json=body).json()["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def join(self, concert: str) -> dict[str, Any]:
        """Join, and remember the place."""
        place: dict[str, Any] = self._client.post(f"/v1/concerts/{concert}/queue-tokens").json()
        self._client.headers["Queue-Token"] = place["queue_token"]
        return place

    def poll(self) -> dict[str, Any]:
        """Ask for the place."""
        place: dict[str, Any] = self._client.get("/v1/queue-tokens/me").json()
        return place

    def get_in(self, concert: str) -> None:
        """Join and poll until inside."""
        place = self.join(concert)
        for _ in range(5000):
            if place["state"] == "admitted":
                return
            place = self.poll()
        raise AssertionError("never let in")

    def leave(self) -> None:
        """Give the place up, which lets the next one in."""
        self._client.delete("/v1/queue-tokens/me").raise_for_status()

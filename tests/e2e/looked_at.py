"""Pages of a fan that are looked at: on a phone and on a desktop, in both languages, in light and
dark. `YEMAE_PICTURES` names a folder for a picture of each state.
"""

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Locator, Page, expect

from e2e.conftest import DESKTOP, PHONE

KINDS: dict[str, dict[str, Any]] = {
    "phone-ko-dark": {
        "locale": "ko-KR", "color_scheme": "dark", "viewport": PHONE, "has_touch": True
    },
    "phone-en-light": {
        "locale": "en-GB", "color_scheme": "light", "viewport": PHONE, "has_touch": True
    },
    "desktop-ko-dark": {"locale": "ko-KR", "color_scheme": "dark", "viewport": DESKTOP},
    "desktop-en-light": {"locale": "en-GB", "color_scheme": "light", "viewport": DESKTOP},
}  # fmt: skip
# In the suite: both sizes, languages and colours, each once.
USUAL_KINDS = ("phone-ko-dark", "desktop-en-light")
PICTURES = os.environ.get("YEMAE_PICTURES")
LOOKED_AT = tuple(KINDS) if PICTURES else USUAL_KINDS
BY_CARD = re.compile("카드로 결제$|by card$")
Case = TypeVar("Case")
CANCEL = re.compile("^(예매 취소|Cancel booking)$")


def in_turn(*cases: Case) -> list[tuple[str, Case]]:
    """A kind with each case: every kind for pictures, and in the suite each case once."""
    if PICTURES:
        return list(itertools.product(KINDS, cases))
    return list(zip(itertools.cycle(USUAL_KINDS), cases, strict=False))


class LookedAt:
    """A fan whose pages are looked at."""

    def __init__(self, page: Page, accessible: Callable[[Page], None], kind: str) -> None:
        self.page = page
        self._accessible = accessible
        self._kind = kind

    def sees(self, state: str, there: Locator) -> None:
        """What says the state is there, and the page is accessible in light and dark."""
        expect(there).to_be_visible()
        if PICTURES:
            path = Path(PICTURES) / f"{state}-{self._kind}.png"
            self.page.screenshot(path=path, full_page=True)
        self._accessible(self.page)

    def leaves_for_the_bank(self) -> None:
        """Choose to pay by card."""
        self.page.get_by_role("button", name=BY_CARD).click()
        self.page.wait_for_url("**/test-bank/pay/*")

    def presses(self, beginning: str) -> None:
        """Press a button of the bank's page, and come back."""
        self.page.get_by_role("button", name=re.compile(f"^{beginning}")).click()
        self.page.wait_for_url("**/orders/*")

    def asks_to_cancel(self, amount: str) -> Locator:
        """Ask what all seats of the order give back; the button that says so."""
        self.page.get_by_role("button", name=CANCEL).click()
        get_back = self.page.get_by_role("button", name=re.compile(amount))
        expect(get_back).to_be_enabled()
        return get_back

    def confirms(self, get_back: Locator, amount: str) -> None:
        """Press that button, and the one of the question."""
        get_back.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=re.compile(amount)).click()

    def cancels(self, get_back: Locator, amount: str) -> Locator:
        """Press both; the line of what was cancelled."""
        self.confirms(get_back, amount)
        line = self.page.get_by_role("listitem").filter(has_text=amount)
        expect(line).to_have_count(1)
        return line

    def text(self, pattern: str) -> Locator:
        """Something that is said in either language."""
        return self.page.get_by_text(re.compile(pattern)).first

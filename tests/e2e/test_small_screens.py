"""Every page with text of twice its size, on a screen of 320 pixels, and on a phone held sideways:
nothing is cut, nothing has to be scrolled sideways, and everything can be hit (WCAG 1.4.4, 1.4.10,
2.5.8)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.conftest import PHONE, WAIT_MS, NewConcert, NewFan
from e2e.fans import continue_as_guest, hold, list_seats, seat
from helpers.browser import launch_options
from helpers.server import Server

# The browser setting of a fan who wants text of twice the usual size.
LARGE_TEXT = "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"
SCREENS = {
    "text of 200 %": (PHONE, [LARGE_TEXT]),
    "320 pixels": ({"width": 320, "height": 640}, []),
    "sideways": ({"width": 844, "height": 390}, []),
}
MAP_HEIGHT_MIN_PX = 200
CODE_WIDTH_MIN_PX = 180

# Faults of the page as it is. What scrolls sideways by itself, such as the grades, may be wider
# than the screen; what only readers hear may have no size; a link within a sentence may be as high
# as its line (2.5.8 says so).
FAULTS = """() => {
  const faults = [];
  const root = document.scrollingElement;
  const more = root.scrollWidth - root.clientWidth;
  if (more > 1) faults.push(`the page is ${more} px too wide`);
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const scrolls = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };
  const say = (element) => (element.getAttribute("aria-label") || element.textContent).trim();
  for (const element of document.body.querySelectorAll("*")) {
    if (!seen(element) || element.closest(".for-readers, .skip, svg")) continue;
    const hasWords = [...element.childNodes]
      .some((node) => node.nodeType === 3 && node.data.trim());
    const hides = getComputedStyle(element).overflowX !== "visible";
    const across = element.scrollWidth - element.clientWidth;
    if (hasWords && hides && !scrolls(element) && across > 1)
      faults.push(`cut by ${across} px: ${say(element)}`);
  }
  const targets = "a[href], button, input:not([type=radio]), summary, [role=checkbox]";
  for (const target of document.body.querySelectorAll(targets)) {
    if (!seen(target) || target.closest(".skip")) continue;
    const box = target.getBoundingClientRect();
    if (box.width === 0) continue;
    const inSentence = getComputedStyle(target).display === "inline";
    if (!inSentence && (box.width < 24 || box.height < 24))
      faults.push(`${box.width} × ${box.height} px: ${say(target)}`);
    if (!scrolls(target) && (box.left < -1 || box.right > innerWidth + 1))
      faults.push(`off the screen: ${say(target)}`);
  }
  return faults;
}"""


@pytest.fixture(params=SCREENS, scope="module")
def small(request: pytest.FixtureRequest, browser: Browser) -> Iterator[tuple[Browser, object]]:
    """A browser as such a fan has set it, and the size of their screen."""
    viewport, arguments = SCREENS[request.param]
    options = launch_options()
    options["args"] = [*options["args"], *arguments]
    opened = browser.browser_type.launch(**options)
    try:
        yield opened, viewport
    finally:
        opened.close()


def expect_whole(page: Page) -> None:
    """Nothing of this page is cut, too small or off the screen."""
    assert page.evaluate(FAULTS) == [], page.url


@pytest.mark.parametrize("locale", ["ko-KR", "en-GB"])
def test_every_page_is_whole_on_small_screens_and_with_large_text(
    small: tuple[Browser, object],
    server: Server,
    new_concert: NewConcert,
    api_fan: NewFan,
    locale: str,
) -> None:
    opened, viewport = small
    context = opened.new_context(
        base_url=server.url,
        locale=locale,
        viewport=viewport,  # type: ignore[arg-type]
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        look_at_the_way_in(page, new_concert, api_fan)
        look_at_the_sale(page, new_concert())
        look_at_what_was_bought(page)
    finally:
        context.close()


def look_at_the_way_in(page: Page, new_concert: NewConcert, api_fan: NewFan) -> None:
    full = new_concert(active_limit=1)
    api_fan().get_in(full)
    page.goto("/")
    page.locator("main ul a").first.wait_for()
    expect_whole(page)
    page.goto(f"/concerts/{full}")
    page.locator("main dl").wait_for()
    expect_whole(page)
    page.goto("/sign-in")
    expect_whole(page)
    page.goto("/no/such/page")
    expect_whole(page)
    page.goto(f"/concerts/{full}/queue")
    continue_as_guest(page)
    page.locator(".position").wait_for()
    expect_whole(page)


def look_at_the_sale(page: Page, concert: str) -> None:
    page.goto(f"/concerts/{concert}/queue")
    page.wait_for_url("**/dates")
    page.locator("main ul a").first.wait_for()
    expect_whole(page)
    page.locator("main ul a").first.click()
    look_at_the_map(page)
    list_seats(page)
    seat(page, "3").click()
    expect_whole(page)
    page.get_by_role("button", name=re.compile("^(배치도|Map)$")).click()
    look_at_the_map(page)
    page.get_by_role("button", name=re.compile("^(추천 좌석|Best available)")).click()
    expect_whole(page)
    page.keyboard.press("Escape")
    hold(page)
    page.locator(".actions").wait_for()
    expect_whole(page)
    page.get_by_role("button", name=re.compile("^(좌석 취소|Release tickets)$")).click()
    expect_whole(page)
    page.keyboard.press("Escape")


def look_at_the_map(page: Page) -> None:
    """It is there, and has a size that one can use."""
    surface = page.get_by_role("application")
    expect(surface).to_be_visible()
    expect_whole(page)
    box = surface.bounding_box()
    assert box is not None
    assert box["height"] >= MAP_HEIGHT_MIN_PX


def look_at_what_was_bought(page: Page) -> None:
    page.goto("/")
    page.locator("aside a").first.wait_for()
    expect_whole(page)
    page.locator("aside a").first.click()
    page.locator(".actions button").first.click()
    page.get_by_role("article").wait_for()
    look_at_the_code(page)
    page.goto("/tickets")
    page.get_by_role("article").wait_for()
    look_at_the_code(page)
    page.get_by_role("article").get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look_at_the_code(page)
    page.keyboard.press("Escape")
    page.goto("/orders")
    page.locator("main ul a").first.wait_for()
    expect_whole(page)
    page.goto("/wallet")
    page.locator("main li a").wait_for()
    expect_whole(page)
    page.goto("/account")
    page.locator("main form").first.wait_for()
    expect_whole(page)


def look_at_the_code(page: Page) -> None:
    """A scanner can have it: large enough, and no edge of it off the screen."""
    expect_whole(page)
    for code in page.locator("svg[role=img]").all():
        box = code.bounding_box()
        assert box is not None
        assert box["width"] >= CODE_WIDTH_MIN_PX
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= page.evaluate("innerWidth")

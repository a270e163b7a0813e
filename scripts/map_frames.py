"""Measures whether the operators' map of a date with 50,000 seats is smooth: the time of each frame
while the map is panned and zoomed in a headless Chromium, which draws without a graphics card.

    .venv/bin/python scripts/map_frames.py

A server of its own sells a hall with 10,000 sold, 4,000 blocked and 360 held seats. The figures are
those of docs/console.md.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from e2e.console.operators import PHONE, client_of, sign_in  # noqa: E402
from e2e.fans import Rival  # noqa: E402
from helpers.browser import launch_options  # noqa: E402
from helpers.server import Server  # noqa: E402

SECTIONS, ROWS, SEATS = 20, 50, 50
PER_SALE, SALES = 100, 100
IN_SECTION = ROWS * SEATS
# Sections, from 0 on.
BLOCKED = (6, 13)
HELD_FROM, PER_FAN = 250, 4
HALL = """
id = "stadium"
title = "Stadium"
artist = "Testers"
venue = "Stadium"
sale_opens_at = 2026-01-01T00:00:00Z
seat_limit = 4

[queue]
active_limit = 10000
admit_per_minute = 10000
entry_ttl_s = 3600
absent_after_s = 3600

[[grades]]
name = "R"
price = 50000
{sections}
[[performances]]
id = "stadium-1"
starts_at = 2030-01-01T10:00:00Z
"""
SECTION = """
[[sections]]
name = "{name}"
grade = "R"
rows = ["1-{rows}:1-{seats}"]
layout = {{ x = {x}, y = {y} }}
"""
SIZES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": PHONE,
}
# The times between frames, in milliseconds, while this is on.
WATCH = """() => {
  window.frames_ = [];
  let before = null;
  const step = (now) => {
    if (window.frames_ === null) return;
    if (before !== null) window.frames_.push(now - before);
    before = now;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}"""
TAKE = "() => { const found = window.frames_; window.frames_ = null; return found; }"
STEPS = 60


@contextmanager
def running_server() -> Iterator[Server]:
    """A server with the hall, partly sold, blocked and held."""
    with tempfile.TemporaryDirectory(prefix="yemae-frames-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        sections = "".join(
            SECTION.format(
                name=f"S{number + 1}",
                rows=ROWS,
                seats=SEATS,
                x=(number % 5) * 560,
                y=(number // 5) * 660,
            )
            for number in range(SECTIONS)
        )
        (folder / "hall.toml").write_text(HALL.format(sections=sections), encoding="utf-8")
        server = Server(folder, "--migrate", "--load", str(folder / "hall.toml"))
        server.start()
        try:
            fill(server.url)
            yield server
        finally:
            server.stop()


def fill(url: str) -> None:
    """Sell, block and hold seats, all over the hall."""
    with client_of(url, "admin") as op:
        op.timeout = 60
        plan = op.get("/v1/performances/stadium-1/plan").raise_for_status().json()
        numbers = plan["seats"]["number"]
        assert len(numbers) == SECTIONS * IN_SECTION
        for sale in range(SALES):
            seats = numbers[sale::500][:PER_SALE]
            body = {"performance_id": "stadium-1", "seats": seats, "tender": "cash", "name": "Ann"}
            op.post("/v1/admin/orders", json=body).raise_for_status()
        for section in BLOCKED:
            body = {"performances": ["stadium-1"], "sections": [f"S{section + 1}"],
                    "reason": "press", "skip_taken": True}  # fmt: skip
            op.post("/v1/admin/concerts/stadium/blocks", json=body).raise_for_status()
    # Neither sold nor blocked.
    free = [
        first for first in range(HELD_FROM, len(numbers), 500) if first // IN_SECTION not in BLOCKED
    ]
    for number, first in enumerate(free):
        with httpx.Client(base_url=url, timeout=60) as client:
            Rival(client, f"fan-{number}", "stadium").hold(*numbers[first : first + PER_FAN])


def measure(browser: Browser, url: str, size: str) -> None:
    """Pan and zoom, from the whole hall to single seats, and print the times of the frames."""
    context = browser.new_context(base_url=url, locale="en-GB", **SIZES[size])
    page = sign_in(context.new_page(), url, "operator")
    page.goto("/console/stadium/seats")
    surface = page.get_by_role("application", name="Operators' seat map")
    surface.scroll_into_view_if_needed()
    page.wait_for_function("() => performance.getEntriesByName('seat-map:painted').length > 0")
    box = surface.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for name, move in (("pan, whole hall", pan), ("zoom in and out", zoom), ("pan, seats", near)):
        page.evaluate(WATCH)
        move(page, x, y)
        frames = sorted(page.evaluate(TAKE))
        shown = {
            "frames": len(frames),
            "p50": frames[len(frames) // 2],
            "p95": frames[int(len(frames) * 0.95)],
            "max": frames[-1],
        }
        said = ", ".join(f"{key} {value:.0f}" for key, value in shown.items())
        print(f"{size}, {name}: {said} ms")  # noqa: T201
    context.close()


def pan(page: Page, x: float, y: float) -> None:
    """Drag to and fro."""
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(x + (step % 20) * 4, y + (step % 15) * 3)
    page.mouse.up()


def zoom(page: Page, x: float, y: float) -> None:
    """Turn the wheel from the whole hall to single seats and back."""
    page.mouse.move(x, y)
    for step in range(STEPS):
        page.mouse.wheel(0, -80 if step < STEPS // 2 else 80)
        page.wait_for_timeout(16)


def near(page: Page, x: float, y: float) -> None:
    """Drag where seats have shapes of their own."""
    page.mouse.move(x, y)
    for _ in range(12):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(16)
    pan(page, x, y)


def main() -> None:
    """Measure both sizes."""
    with running_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for size in SIZES:
            measure(browser, server.url, size)
        browser.close()


if __name__ == "__main__":
    main()

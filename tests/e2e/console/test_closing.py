"""The screen of the closing report: whether everything adds up, and the file."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.server import Server

DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_report_says_that_everything_adds_up_and_is_downloaded(
    server: Server,
    open_page: Opener,
    new_concert: NewConcert,
    new_rival: NewRival,
    accessible: Callable[[Page], None],
    tmp_path: Path,
    size: dict[str, Any],
) -> None:
    concert = new_concert()
    new_rival(concert).buy("1", "2")
    page = sign_in(open_page(locale="en-GB", **size), server.url, "finance")
    page.goto(f"/console/{concert}/closing")
    expect(page.get_by_text("Everything adds up.")).to_be_visible()
    inside = page.get_by_role("region", name="What is in it")
    expect(inside).to_contain_text("₩132,000")
    expect(page.get_by_role("region", name="Invariants").get_by_role("row")).not_to_have_count(1)
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download report").click()
    kept = tmp_path / "report.zip"
    download.value.save_as(kept)
    assert download.value.suggested_filename == f"{concert}-closing-report.zip"
    with zipfile.ZipFile(kept) as file:
        assert "report.ko.html" in file.namelist()
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    expect(page.get_by_role("region", name="The file")).to_contain_text(digest)
    with client_of(server.url, "admin") as api:
        line = api.get("/v1/admin/log", params={"action": "closing report"}).json()["lines"][0]
    assert line["details"]["sha256"] == digest
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_said_in_korean_too(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="ko-KR"), server.url, "operator")
    page.goto(f"/console/{concert}/closing")
    expect(page.get_by_text("모든 것이 맞아요.")).to_be_visible()

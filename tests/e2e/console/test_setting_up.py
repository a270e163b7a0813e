"""An operator's first sign-in on a server in production: the authenticator app is set up before
anything else, on a phone in Korean and on a desktop in English."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from playwright.sync_api import Page, expect

from e2e.conftest import POLITE, Opener
from e2e.console.operators import PHONE
from helpers.server import Server

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def venue() -> Iterator[Server]:
    """A server in production, which asks operators for two factors. Its stores are its own: those
    of the tests are quicker than production allows."""
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        started = Server(Path(folder), "--migrate", **POLITE, YEMAE_MODE="production")
        started.start()
        try:
            yield started
        finally:
            started.stop()


@pytest.mark.parametrize("options", [{"locale": "ko-KR", **PHONE}, {"locale": "en-GB"}])
def test_an_operator_sets_an_app_up_and_is_in(
    venue: Server,
    open_page: Opener,
    accessible: Callable[[Page], None],
    options: dict[str, Any],
) -> None:
    email = f"ann-{options['locale']}@example.com".lower()
    body = {"name": "Ann Lee", "email": email, "password": PASSWORD}
    httpx.post(f"{venue.url}/v1/users", json=body).raise_for_status()
    command = [sys.executable, "-m", "yemae", "users", "grant-admin", email]
    subprocess.run(command, env=venue.environ, check=True, capture_output=True)
    page = open_page(url=venue.url, **options)
    page.goto("/console/people")
    page.get_by_label(re.compile("이메일|E-mail address")).fill(email)
    page.get_by_label(re.compile("비밀번호|Password")).fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^(로그인|Sign in)$")).click()
    page.get_by_role("button", name=re.compile("인증 앱 설정하기|authenticator app")).click()
    picture = page.get_by_role("img", name=re.compile("QR"))
    expect(picture).to_be_visible()
    accessible(page)
    secret = page.locator("code").inner_text()
    page.get_by_label(re.compile("^(6자리 코드|Six digits)")).fill(pyotp.TOTP(secret).now())
    page.locator("form button[type=submit]").click()
    expect(page.locator("li code")).to_have_count(10)
    accessible(page)
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("권한|역할|Roles"))

"""The log with its filters, and giving and taking back roles."""

import os
import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from e2e.conftest import NewConcert, Opener
from e2e.console.operators import PHONE, client_of, sign_in
from helpers.server import Server


def test_the_log_is_filtered(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    with client_of(server.url, "operator", name="ben") as api:
        for call in ("pause", "resume"):
            api.post(f"/v1/admin/concerts/{concert}/queue/{call}").raise_for_status()
    page = sign_in(open_page(locale="en-GB"), server.url, "finance")
    page.goto("/console/log")
    lines = page.locator("tbody tr").filter(has_text=concert)
    expect(lines.filter(has_text="Paused")).to_contain_text("ben")
    accessible(page)
    form = page.get_by_role("form", name="Filter")
    form.get_by_role("combobox", name="Concert").select_option(concert)
    form.get_by_role("combobox", name="Action").select_option(label="Paused")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    form.get_by_label("Who").fill("cli:unknown")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status").filter(has_text="No line was found.")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(lines.filter(has_text="Resumed")).to_be_visible()


def test_who_may_not_read_it_is_not_offered_it(
    server: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    page = sign_in(open_page(locale="en-GB"), server.url, "viewer")
    page.goto(f"/console/{concert}/line")
    menu = page.get_by_role("navigation", name="Menu")
    expect(menu.get_by_role("link", name="Sales")).to_be_visible()
    for name in ("Log", "Roles"):
        expect(menu.get_by_role("link", name=name)).to_have_count(0)


def test_an_admin_gives_a_role_and_takes_it_back(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    email = f"cho-{os.getpid()}-{os.urandom(3).hex()}@example.com"
    body = {"name": "Cho", "email": email, "password": "correct horse battery"}
    cho = httpx.post(f"{server.url}/v1/users", json=body).raise_for_status().json()
    page = sign_in(open_page(locale="en-GB", **PHONE), server.url, "admin")
    page.goto("/console/people")
    form = page.get_by_role("region", name="Give a role")
    form.get_by_label("E-mail address or user id").fill("unknown@example.com")
    form.get_by_role("button", name="Give").click()
    expect(form.get_by_role("status")).to_contain_text("user")
    form.get_by_label("E-mail address or user id").fill(email)
    form.get_by_label("Role").select_option("box_office")
    form.get_by_label("Where").select_option(concert)
    form.get_by_label("Reason").fill("Evening shift")
    accessible(page)
    form.get_by_role("button", name="Give").click()
    row = page.locator("tbody tr").filter(has_text=email)
    expect(row).to_contain_text("Box office")
    expect(row).to_contain_text(concert)
    bearer = {"Authorization": f"Bearer {cho['access_token']}"}
    own = httpx.get(f"{server.url}/v1/admin/me", headers=bearer).json()
    assert [each["role"] for each in own["roles"]] == ["box_office"]
    row.get_by_role("button", name=re.compile("^Take back: Box office")).click()
    page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(row).to_have_count(0)
    assert httpx.get(f"{server.url}/v1/admin/me", headers=bearer).status_code == 403
    page.get_by_role("button", name="Undo").last.click()
    expect(row).to_contain_text("Box office")
    accessible(page)


def test_webhooks_and_settings_are_read(
    server: Server, open_page: Opener, new_concert: NewConcert, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert()
    url = f"https://{concert}.example.com/hook"
    with client_of(server.url, "admin") as api:
        hook = {"url": url, "events": ["order.paid"]}
        api.post("/v1/admin/webhooks", json=hook).raise_for_status()
    page = sign_in(open_page(locale="en-GB"), server.url, "operator")
    page.goto("/console/webhooks")
    row = page.get_by_role("row").filter(has_text=url)
    expect(row).to_contain_text("order.paid")
    expect(row).to_contain_text("Well")
    accessible(page)
    page.goto(f"/console/{concert}/line")
    settings = page.get_by_role("region", name="Settings of the queue")
    expect(settings).to_contain_text(re.compile(r"Order\s*In turn"))
    accessible(page)


def test_settings_of_the_server_are_read(
    server: Server, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    page = sign_in(open_page(locale="en-GB"), server.url, "operator")
    page.goto("/console/settings")
    stores = page.get_by_role("region", name="Stores")
    row = stores.get_by_role("row", name=re.compile("^YEMAE_DATABASE_URL "))
    expect(row).to_contain_text("Set, not shown")
    expect(page.get_by_role("region", name="Mail")).to_be_visible()
    accessible(page)
    page.get_by_label("Only what differs from the default").check()
    expect(row).to_be_visible()
    expect(page.get_by_text("YEMAE_LOG_FORMAT", exact=True)).to_have_count(0)

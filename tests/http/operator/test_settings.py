"""The settings over HTTP: every one, with its meaning in two languages, and no secret."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from helpers.http import Site, open_site, problem_of
from helpers.operators import having, operator
from yemae.settings import Settings, variable
from yemae.settings.reading import as_text, fields, limits

PATH = "/v1/admin/settings"
# Any text, and free of secrets: names and addresses that the server shows to all.
SHOWN = {
    f"YEMAE_{name}"
    for name in ("HOST", "DOMAIN", "OPERATORS_FROM", "ACME_URL", "MAIL_FROM", "PUBLIC_URL")
}
ANY_TEXT = {variable(field) for _, field, hint in fields() if limits(hint) == (str, None)}
SECRETS = {
    "payment_keys": "sk_live_1 whsec_2",
    "smtp_url": "smtp://yemae:hunter2@mail.example.com",
    "secret_key": "s" * 40,
}


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    given = {name: value for name, value in SECRETS.items() if name != "payment_keys"}
    async with open_site(settings, mail_from="Hall <hall@example.com>", **given) as opened:
        yield opened


async def listed(site: Site) -> dict[str, dict[str, Any]]:
    answer = await operator(site, "ann").get(PATH)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert not [secret for secret in SECRETS.values() if secret in answer.text]
    groups = answer.json()["groups"]
    return {each["variable"]: each for group in groups for each in group["settings"]}


async def test_every_setting_is_shown_with_its_value_and_its_meaning(site: Site) -> None:
    found = await listed(site)
    values = {
        variable(field): as_text(getattr(getattr(site.runtime.settings, group), field))
        for group, field, _ in fields()
    }
    assert list(found) == list(values)
    assert {name: each["value"] for name, each in found.items()} == {
        name: None if name in ANY_TEXT - SHOWN else value for name, value in values.items()
    }
    for each in found.values():
        assert each["meaning"]["en"] != each["meaning"]["ko"]
        assert "](" not in each["meaning"]["en"] + each["meaning"]["ko"]


async def test_a_secret_is_known_to_be_set_and_nothing_else(site: Site) -> None:
    found = await listed(site)
    for name, is_default in (("SMTP_URL", False), ("SECRET_KEY", False), ("PAYMENT_KEYS", True)):
        assert (found[f"YEMAE_{name}"]["value"], found[f"YEMAE_{name}"]["is_default"]) == (
            None,
            is_default,
        )
    mail_from = found["YEMAE_MAIL_FROM"]
    assert (mail_from["value"], mail_from["is_default"]) == ("Hall <hall@example.com>", False)
    provider = found["YEMAE_PAYMENT_PROVIDER"]
    assert provider["default"]["en"] == "`test` in development, `none` in production"


async def test_support_may_not_read_them(site: Site) -> None:
    problem_of(await having(site, "support").get(PATH), 403, "forbidden")
    assert (await having(site, "operator").get(PATH)).status_code == 200

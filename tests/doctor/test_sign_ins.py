"""What the doctor says of logins elsewhere."""

import asyncio
from typing import Any

import msgspec
import pytest

from helpers.login_double import AUDIENCE, LoginDouble
from yemae.doctor.sign_ins import check_sign_ins
from yemae.settings import Settings


def with_logins(**file: Any) -> Settings:
    """Settings with this setting."""
    return Settings().replace(sign_in_providers=msgspec.json.encode(file).decode())


def test_what_the_settings_alone_say() -> None:
    assert check_sign_ins(Settings()).reason == "none"
    bad = check_sign_ins(with_logins(providers=[{"kind": "oidc", "client_id": "x"}]))
    assert (bad.state, bad.reason) == ("failure", "bad")


@pytest.mark.parametrize("is_there", [True, False])
async def test_issuers_are_asked(*, is_there: bool) -> None:
    async with LoginDouble().serve() as login:
        await look(login, is_there=is_there)


async def look(login: LoginDouble, *, is_there: bool) -> None:
    """Let the doctor look, and check what it says."""
    if not is_there:
        login.metadata = {"issuer": "https://elsewhere.example"}
    naver = {"kind": "naver", "client_id": "x"}
    own = {"issuer": login.url, "audience": AUDIENCE}
    settings = with_logins(providers=[login.setting(), naver], access_tokens=own)
    found = await asyncio.to_thread(check_sign_ins, settings)
    if is_there:
        assert (found.state, found.reason) == ("ok", "answer")
        assert found.values == {"providers": "club, naver, the own login"}
    else:
        assert (found.state, found.values) == ("warning", {"issuers": login.url})
    assert login.called("openid") == 1

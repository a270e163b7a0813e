"""Signing in and out: the rules of `accounts.sessions`, without HTTP."""

from collections.abc import AsyncIterator

import pytest

from helpers.concerts import load_concert
from yemae.accounts.access import AccessToken
from yemae.accounts.limits import SignInLimit
from yemae.accounts.sessions import owner_of, sign_out_everywhere, who_is
from yemae.accounts.users import User
from yemae.refusals import RateLimited, Unauthenticated, WrongCredentials
from yemae.runtime import Runtime, open_runtime
from yemae.sale import new_accounts
from yemae.settings import Settings

EMAIL, PASSWORD = "fan@example.com", "correct horse"
FAILURES_MAX = 2
HERE = "203.0.113.7"


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """A runtime with one account."""
    await load_concert(settings)
    async with open_runtime(settings) as opened:
        await new_accounts.sign_up(opened, "Fan", EMAIL, PASSWORD, address=HERE, proof=None)
        yield opened


async def session(
    runtime: Runtime, password: str = PASSWORD, email: str = EMAIL, address: str = HERE
) -> AccessToken:
    account = await owner_of(
        runtime.postgres,
        runtime.issuer,
        runtime.passwords,
        SignInLimit(runtime.valkey, FAILURES_MAX),
        email=email,
        password=password,
        address=address,
    )
    return runtime.issuer.issue(account.user.id, account.role)


@pytest.mark.parametrize("email", [EMAIL, EMAIL.upper()])
async def test_the_right_password_gives_a_token_of_the_user(runtime: Runtime, email: str) -> None:
    token = await session(runtime, email=email)
    user = await who_is(runtime.postgres, runtime.issuer.user_id(token.text))
    assert user == User(user.id, "Fan", EMAIL)


@pytest.mark.parametrize(
    ("email", "password"), [(EMAIL, "wrong"), ("stranger@example.com", PASSWORD)]
)
async def test_a_wrong_password_and_an_unknown_address_are_refused_alike(
    runtime: Runtime, email: str, password: str
) -> None:
    with pytest.raises(WrongCredentials):
        await session(runtime, password, email)


async def test_too_many_wrong_passwords_are_refused_before_the_password_is_looked_at(
    runtime: Runtime,
) -> None:
    for _ in range(FAILURES_MAX):
        with pytest.raises(WrongCredentials):
            await session(runtime, "wrong")
    with pytest.raises(RateLimited):
        await session(runtime)
    assert (await session(runtime, address="198.51.100.20")).text, "another network has its own"


async def test_the_right_password_takes_the_counted_tries_back(runtime: Runtime) -> None:
    for _ in range(3):
        for _ in range(FAILURES_MAX - 1):
            with pytest.raises(WrongCredentials):
                await session(runtime, "wrong")
        await session(runtime)


async def test_signing_out_everywhere_ends_the_tokens_from_before_and_no_later_one(
    runtime: Runtime,
) -> None:
    before = (await session(runtime)).text
    user_id, issued_s = runtime.issuer.session(before)
    await sign_out_everywhere(runtime.postgres, runtime.issuer, user_id, issued_s)
    with pytest.raises(Unauthenticated):
        runtime.issuer.user_id(before)
    assert runtime.issuer.user_id((await session(runtime)).text) == user_id


async def test_a_user_of_another_issuer_has_an_id_only(runtime: Runtime) -> None:
    assert await who_is(runtime.postgres, "theirs") == User("theirs", None, None)

"""2단계 인증 · A second factor: an authenticator app, its recovery codes, and the codes of both.

The app counts from its first right code on, so that a picture that was not read locks no one out;
with it come the recovery codes, which are shown once. Wrong codes are counted for the account.
"""

import re
from datetime import datetime
from typing import NamedTuple

from yemae.accounts import linked_logins, second_factors, sessions, strength, users
from yemae.accounts.access import BY_CODE, AccessToken, Identity
from yemae.accounts.second_factors import SecondFactor
from yemae.refusals import InvalidRequest, WrongCode
from yemae.runtime import Runtime
from yemae.store.postgres import Transaction

APP_CODE = re.compile(rf"[0-9]{{{second_factors.DIGITS}}}")
THERE = "is set up already: remove it first"
NOT_BEGUN = "has not been begun: do that first"
NOT_THERE = "is not set up"
NO_ACCOUNT = "is for accounts with a password"
ISSUER = "Yemae"


class BegunApp(NamedTuple):
    """What an authenticator app has to know: the secret, and the address of a QR code with it."""

    secret: str
    uri: str


class ConfirmedApp(NamedTuple):
    """The recovery codes, and a session that was signed in with both factors."""

    recovery_codes: list[str]
    token: AccessToken


class OwnFactor(NamedTuple):
    """Since when an account has an app, and how many recovery codes are left."""

    confirmed_at: datetime | None
    codes_left: int


async def factor_of(runtime: Runtime, user_id: str) -> OwnFactor:
    """What the account has."""
    async with runtime.postgres.transaction() as tx:
        found = await second_factors.of_user(tx, user_id)
    return OwnFactor(None, 0) if found is None else OwnFactor(found.confirmed_at, found.codes_left)


async def begin(
    runtime: Runtime, caller: Identity, *, password: str | None, address: str
) -> BegunApp:
    """A new app, which counts for nothing before its first code. Raises InvalidRequest,
    WrongCredentials, SecondFactorRequired, RateLimited or Overloaded."""
    await strength.require_owner(runtime.postgres, caller, runtime.issuer.signer.now())
    user = await sessions.require_owner(
        runtime.postgres,
        runtime.passwords,
        runtime.sign_in_limit,
        caller.user_id,
        password=password,
        address=address,
    )
    factor_id = runtime.new_id()
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, user.id)
        if not ways.has_password:
            raise InvalidRequest.of("second_factor", NO_ACCOUNT)
        if not await second_factors.begin(tx, user.id, factor_id):
            raise InvalidRequest.of("second_factor", THERE)
    secret = second_factors.secret_of(runtime.settings.stores.secret_key, factor_id)
    return BegunApp(secret, second_factors.uri_of(secret, user.email or user.id, ISSUER))


async def confirm(
    runtime: Runtime, caller: Identity, code: str, *, is_short: bool = False
) -> ConfirmedApp:
    """Let the app count from now on, by its first code. Raises InvalidRequest, WrongCode or
    RateLimited."""
    user_id, key = caller.user_id, runtime.settings.stores.secret_key
    await runtime.code_limit.count(user_id)
    codes = second_factors.new_recovery_codes()
    digests = [second_factors.digest_of(key, user_id, each) for each in codes]
    async with runtime.postgres.transaction() as tx:
        found = await second_factors.of_user(tx, user_id)
        if found is None:
            raise InvalidRequest.of("second_factor", NOT_BEGUN)
        if found.confirmed_at is not None:
            raise InvalidRequest.of("second_factor", THERE)
        if not await _use_step(runtime, tx, user_id, found, code):
            raise WrongCode
        await second_factors.write_recovery_codes(tx, user_id, digests)
        role = await users.role_of(tx, user_id)
    token = runtime.issuer.issue(user_id, role, means=BY_CODE, is_short=is_short)
    return ConfirmedApp(codes, token)


async def remove(runtime: Runtime, caller: Identity) -> None:
    """Remove the app and its recovery codes. Raises InvalidRequest, SecondFactorRequired or
    FreshSignInRequired."""
    await strength.require_owner(runtime.postgres, caller, runtime.issuer.signer.now())
    strength.require_fresh(caller, runtime.issuer.signer.now())
    async with runtime.postgres.transaction() as tx:
        if not await second_factors.remove(tx, caller.user_id):
            raise InvalidRequest.of("second_factor", NOT_THERE)


async def use_code(runtime: Runtime, user_id: str, code: str) -> bool:
    """Whether a code of the account's app or a recovery code is right, which is used up then.
    Raises RateLimited after too many tries."""
    await runtime.code_limit.count(user_id)
    written = code.replace(" ", "").replace("-", "").lower()
    async with runtime.postgres.transaction() as tx:
        found = await second_factors.of_user(tx, user_id)
        if found is None or found.confirmed_at is None:
            return False
        if APP_CODE.fullmatch(written):
            return await _use_step(runtime, tx, user_id, found, written)
        key = runtime.settings.stores.secret_key
        digest = second_factors.digest_of(key, user_id, written)
        return await second_factors.use_recovery_code(tx, user_id, digest)


async def _use_step(
    runtime: Runtime, tx: Transaction, user_id: str, found: SecondFactor, code: str
) -> bool:
    if not APP_CODE.fullmatch(code):
        return False
    secret = second_factors.secret_of(runtime.settings.stores.secret_key, found.id)
    step = second_factors.step_of(secret, code, runtime.issuer.signer.now())
    return step is not None and await second_factors.use_step(tx, user_id, found.id, step)

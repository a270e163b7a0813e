"""How strongly a caller has signed in, and what asks for more.

A session is fresh for ten minutes after its sign-in. Where an account has an authenticator app or a
passkey, a password alone opens no call for operators and changes nothing of how the account is
signed in to; on a production server no account is an operator by a password alone. Tokens of
scripts and of the operator's own login do not say how they were signed in: nothing more is asked of
them.
"""

from typing import Literal

from yemae.accounts import second_factors, users
from yemae.accounts.access import Identity
from yemae.accounts.second_factors import Factors
from yemae.refusals import FreshSignInRequired, SecondFactorRequired
from yemae.store.postgres import Postgres

FRESH_S = 600

Way = Literal["code", "passkey", "set_up"]


def require_fresh(caller: Identity, now_s: float) -> None:
    """Raise FreshSignInRequired where the caller has signed in too long ago."""
    signed_in = caller.signed_in
    if signed_in is not None and now_s - signed_in.at_s > FRESH_S:
        raise FreshSignInRequired(FRESH_S)


def missing(caller: Identity, factors: Factors, *, is_production: bool) -> Way | None:
    """What a caller with a role has to sign in with besides; None: nothing is missing. Pure."""
    signed_in = caller.signed_in
    if signed_in is None or "mfa" in signed_in.means:
        return None
    if factors.has_app:
        return "code"
    if factors.has_passkey:
        return "passkey"
    return "set_up" if is_production and "pwd" in signed_in.means else None


async def require_operator(postgres: Postgres, caller: Identity, *, is_production: bool) -> None:
    """Raise SecondFactorRequired where a password alone is not enough for calls of operators."""
    if caller.signed_in is None or "mfa" in caller.signed_in.means:
        return
    async with postgres.transaction() as tx:
        factors = await second_factors.factors_of(tx, caller.user_id)
    if way := missing(caller, factors, is_production=is_production):
        raise SecondFactorRequired(way)


async def require_owner(postgres: Postgres, caller: Identity, now_s: float) -> None:
    """For what changes how an account is signed in to, and for its end: a session that someone
    left open, or a password that someone has seen, is not enough. An account with an authenticator
    app asks for two factors, and so does an operator's with passkeys; one with passkeys and without
    a password asks for a fresh sign-in. Raises SecondFactorRequired or FreshSignInRequired."""
    async with postgres.transaction() as tx:
        factors = await second_factors.factors_of(tx, caller.user_id)
        has_password = (await users.profile(tx, caller.user_id)).has_password
    way = missing(caller, factors, is_production=False)
    if way is not None and (factors.has_app or factors.is_operator):
        raise SecondFactorRequired(way)
    if factors.has_passkey and not has_password:
        require_fresh(caller, now_s)

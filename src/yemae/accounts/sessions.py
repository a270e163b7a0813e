"""Sessions: signing in with a password, and the end of all sessions of a user.

A try to sign in waits for its turn, then counts against the sign-in limit, and only then costs a
look into the database and a hash.
"""

from yemae.accounts import sign_outs, users
from yemae.accounts.access import AccessToken, Issuer
from yemae.accounts.limits import SignInLimit
from yemae.accounts.passwords import Passwords
from yemae.accounts.users import User
from yemae.refusals import WrongCredentials
from yemae.store.postgres import Postgres


async def sign_in(
    postgres: Postgres,
    issuer: Issuer,
    passwords: Passwords,
    limit: SignInLimit,
    *,
    email: str,
    password: str,
    address: str,
) -> AccessToken:
    """An access token for the right password; `address` is the network that the try comes from.
    Raises WrongCredentials, RateLimited or Overloaded."""
    canonical = users.address(email)
    async with passwords.turns.turn(address):
        await limit.attempt(canonical, address)
        async with postgres.transaction() as tx:
            account = await users.by_email(tx, email)
        password_hash = account.password_hash if account else None
        is_right = await passwords.match(password_hash, password)
    if not is_right or not account:
        raise WrongCredentials
    await limit.was_right(canonical, address)
    if account.signed_out_s is not None:
        issuer.sign_outs.note(account.user.id, account.signed_out_s)
    return issuer.issue(account.user.id, account.role)


async def sign_out_everywhere(
    postgres: Postgres, issuer: Issuer, user_id: str, issued_s: float
) -> None:
    """End every session of a user who has a token issued at `issued_s`: access tokens and a guest's
    keys from before now are refused, by this process at once and by all others within moments."""
    async with postgres.transaction() as tx:
        at_s = await sign_outs.sign_out(tx, user_id, issued_s)
    issuer.sign_outs.note(user_id, at_s)


async def who_is(postgres: Postgres, user_id: str) -> User:
    """The user with this id. Name and email are unknown for identities of another issuer."""
    async with postgres.transaction() as tx:
        return await users.by_id(tx, user_id) or User(user_id, None, None)

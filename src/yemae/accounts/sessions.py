"""Sessions: whose password it is, and the end of all sessions of a user.

A try to sign in waits for its turn, then counts against the sign-in limit, and only then costs a
look into the database and a hash.
"""

from yemae.accounts import password_resets, sign_outs, users
from yemae.accounts.access import BY_PASSWORD, AccessToken, Issuer
from yemae.accounts.limits import SignInLimit
from yemae.accounts.passwords import Passwords, wrong_password
from yemae.accounts.users import Account, Profile, User
from yemae.refusals import InvalidRequest, WrongCredentials
from yemae.store.postgres import Postgres

NO_PASSWORD = "this account has none: a link by mail sets its first"  # noqa: S105 - a sentence
PASSWORD_NEEDED = "required: it shows that this is the account's owner"  # noqa: S105 - a sentence


async def owner_of(
    postgres: Postgres,
    issuer: Issuer,
    passwords: Passwords,
    limit: SignInLimit,
    *,
    email: str,
    password: str,
    address: str,
) -> Account:
    """The account of the right password; `address` is the network that the try comes from. Raises
    WrongCredentials, RateLimited or Overloaded."""
    known = {"email": email, "password": password, "address": address}
    account = await _account_of(postgres, passwords, limit, **known)
    if account.signed_out_s is not None:
        issuer.sign_outs.note(account.user.id, account.signed_out_s)
    return account


async def _account_of(
    postgres: Postgres,
    passwords: Passwords,
    limit: SignInLimit,
    *,
    email: str,
    password: str,
    address: str,
) -> Account:
    """The account that this is the password of."""
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
    return account


async def sign_out_everywhere(
    postgres: Postgres, issuer: Issuer, user_id: str, issued_s: float
) -> None:
    """End every session of a user who has a token issued at `issued_s`: access tokens and a guest's
    keys from before now are refused, by this process at once and by all others within moments.
    Links for a new password end as well."""
    async with postgres.transaction() as tx:
        await password_resets.end_all(tx, user_id)
        at_s = await sign_outs.sign_out(tx, user_id, issued_s)
    issuer.sign_outs.note(user_id, at_s)


async def rename(postgres: Postgres, user_id: str, name: str) -> User:
    """Call a user this from now on."""
    async with postgres.transaction() as tx:
        return await users.rename(tx, user_id, name)


async def change_password(
    postgres: Postgres,
    issuer: Issuer,
    passwords: Passwords,
    limit: SignInLimit,
    user_id: str,
    *,
    current: str,
    password: str,
    address: str,
) -> AccessToken:
    """Set another password with the current one, end every session and every link for a new
    password, and sign in again. A wrong one counts as at a sign-in. Raises InvalidRequest,
    WrongCredentials, RateLimited or Overloaded."""
    user = await profile_of(postgres, user_id)
    if user.email is None or not user.has_password:
        raise InvalidRequest.of("current_password", NO_PASSWORD)
    if wrong := wrong_password(password, user.email, user.name or ""):
        raise InvalidRequest.of("password", wrong)
    known = {"email": user.email, "password": current, "address": address}
    before = (await _account_of(postgres, passwords, limit, **known)).password_hash
    assert before is not None, "a password was right"
    # Which waits for its turn; a reset that ends meanwhile is not written over.
    password_hash = await passwords.hash(password, address)
    async with postgres.transaction() as tx:
        role = await users.change_password(tx, user_id, before, password_hash)
        await password_resets.end_all(tx, user_id)
        at_s = await sign_outs.sign_out(tx, user_id, issuer.signer.now())
    issuer.sign_outs.note(user_id, at_s)
    return issuer.issue(user_id, role, means=BY_PASSWORD)


async def require_owner(
    postgres: Postgres,
    passwords: Passwords,
    limit: SignInLimit,
    user_id: str,
    *,
    password: str | None,
    address: str,
) -> Profile:
    """The user, who knows the password of the account where it has one: a token that was left open
    in a browser is not enough. A wrong one counts as at a sign-in. Raises InvalidRequest without
    one, WrongCredentials, RateLimited or Overloaded."""
    user = await profile_of(postgres, user_id)
    if user.email is None or not user.has_password:
        return user
    if password is None:
        raise InvalidRequest.of("password", PASSWORD_NEEDED)
    known = {"email": user.email, "password": password, "address": address}
    await _account_of(postgres, passwords, limit, **known)
    return user


async def profile_of(postgres: Postgres, user_id: str) -> Profile:
    """The user with this id, and whether they have a password."""
    async with postgres.transaction() as tx:
        return await users.profile(tx, user_id)


async def who_is(postgres: Postgres, user_id: str) -> User:
    """The user with this id. Name and email are unknown for identities of another issuer."""
    async with postgres.transaction() as tx:
        return await users.by_id(tx, user_id) or User(user_id, None, None)

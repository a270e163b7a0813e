"""Users in PostgreSQL. A fan who signs in elsewhere gets a row when one is first needed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from yemae.refusals import EmailTaken, WrongCredentials
from yemae.store.errors import broken_index
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries
from yemae.values.text import composed

QUERIES = load_queries(__file__)
SIGN_UP = QUERIES["sign_up"]
USER_BY_EMAIL = QUERIES["user_by_email"]
USER_BY_ID = QUERIES["user_by_id"]
PROFILE_OF_USER = QUERIES["profile_of_user"]
ENSURE_USERS = QUERIES["ensure_users"]
NAME_USER = QUERIES["name_user"]
ROLE_OF_USER = QUERIES["role_of_user"]
SET_ROLE = QUERIES["set_role"]
USERS_WITH_ROLE = QUERIES["users_with_role"]
RENAME_USER = QUERIES["rename_user"]
CHANGE_PASSWORD = QUERIES["change_password"]


class User(NamedTuple):
    """A fan. Name and email are unknown for those who sign in elsewhere."""

    id: str
    name: str | None
    email: str | None


class Profile(NamedTuple):
    """A user as they see themselves. Without a password they sign in elsewhere, or are a guest."""

    id: str
    name: str | None
    email: str | None
    has_password: bool


class Account(NamedTuple):
    """What a sign-in needs to know of a user. The role is None for a fan; when they last signed out
    everywhere, in Unix seconds, is None for those who never did."""

    user: User
    password_hash: str | None
    role: str | None
    signed_out_s: float | None


async def sign_up(
    tx: Transaction,
    *,
    user_id: str,
    name: str,
    email: str,
    password_hash: str,
    terms: str | None = None,
) -> User | None:
    """Write a new user who has agreed to a version of the terms, or to none; return None when the
    email address is taken."""
    name, email = composed(name), address(email)
    sent = await tx.send(
        SIGN_UP,
        user_id=user_id,
        name=name,
        email=email,
        password_hash=password_hash,
        terms=terms,
    )
    return None if await sent.row() is None else User(user_id, name, email)


def address(email: str) -> str:
    """The form in which email addresses are kept and compared: composed, without capitals."""
    return composed(composed(email).lower())


@contextmanager
def one_account_each() -> Iterator[None]:
    """Around a statement that gives an account an address: raises EmailTaken where another account
    has got it in this moment."""
    try:
        yield
    except Exception as error:
        if broken_index(error) == "users_email_key":
            raise EmailTaken from None
        raise


async def by_email(tx: Transaction, email: str) -> Account | None:
    """The account with this address."""
    row = await (await tx.send(USER_BY_EMAIL, email=address(email), as_typed=email.lower())).row()
    if row is None:
        return None
    user = User(row.id, row.name, row.email)
    return Account(user, row.password_hash, row.role, row.signed_out_s)


async def by_id(tx: Transaction, user_id: str) -> User | None:
    """The user with this id."""
    row = await (await tx.send(USER_BY_ID, user_id=user_id)).row()
    return None if row is None else User(*row)


async def named(tx: Transaction, who: str) -> User | None:
    """The user with this id or e-mail address; an id comes first."""
    user = await by_id(tx, who)
    if user is not None:
        return user
    account = await by_email(tx, who)
    return None if account is None else account.user


async def profile(tx: Transaction, user_id: str) -> Profile:
    """The user with this id, who may have no row."""
    row = await (await tx.send(PROFILE_OF_USER, user_id=user_id)).row()
    return Profile(user_id, None, None, False) if row is None else Profile(*row)


async def ensure_users(tx: Transaction, user_ids: Sequence[str]) -> None:
    """Write a row for those of these users who have none."""
    await tx.send(ENSURE_USERS, user_ids=sorted(set(user_ids)))


async def name_user(tx: Transaction, user_id: str, name: str) -> None:
    """Give a user who has no name this one."""
    await tx.send(NAME_USER, user_id=user_id, name=composed(name))


async def rename(tx: Transaction, user_id: str, name: str) -> User:
    """Call a user this from now on, also one who had no row."""
    return User(*await (await tx.send(RENAME_USER, user_id=user_id, name=composed(name))).one())


async def change_password(
    tx: Transaction, user_id: str, before: str, password_hash: str
) -> str | None:
    """Give an account another password in the place of this one. Returns its role. Raises
    WrongCredentials where it has another one by now."""
    sent = await tx.send(
        CHANGE_PASSWORD, user_id=user_id, before=before, password_hash=password_hash
    )
    changed = await sent.row()
    if changed is None:
        raise WrongCredentials
    role: str | None = changed.role
    return role


async def role_of(tx: Transaction, user_id: str) -> str | None:
    """The role of before that a user has."""
    row = await (await tx.send(ROLE_OF_USER, user_id=user_id)).row()
    role: str | None = None if row is None else row.role
    return role


async def set_role(tx: Transaction, who: str, role: str | None) -> User | None:
    """Give a user, named by id or email address, a role from their next sign-in on, or none.
    Returns the user, or None when there is no such user."""
    row = await (await tx.send(SET_ROLE, who=who, email=address(who), role=role)).row()
    return None if row is None else User(*row)


async def with_role(tx: Transaction, role: str) -> list[User]:
    """Every user with this role."""
    return [User(*row) for row in await tx.fetch(USERS_WITH_ROLE, role=role)]

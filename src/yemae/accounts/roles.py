"""Roles: what operators may do, on the whole server or at one concert.

They come from two places, and add up. Rows of `role_grants` hold at once. The claim `roles` of an
access token, a list of texts such as `viewer` or `box_office:small-hall`, is for logins that know
roles themselves. A token with the claim `role` and the word `operator`, which is from before there
were roles, is that of an admin.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from yemae.accounts.users import User, address
from yemae.store.postgres import Transaction
from yemae.store.queries import Query, load_queries

# By what they may do, the least first.
Role = Literal["viewer", "door", "support", "box_office", "operator", "finance", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)


class Grant(NamedTuple):
    """A role, and the concert that it is for; None: the whole server."""

    role: Role
    concert_id: str | None = None

    @property
    def text(self) -> str:
        """As tokens and commands write it."""
        return self.role if self.concert_id is None else f"{self.role}:{self.concert_id}"


class RoleGrant(NamedTuple):
    """A role of a user, and who gave it when; None: not known, as it is from before the log."""

    id: UUID
    user_id: str
    name: str | None
    email: str | None
    role: Role
    concert_id: str | None
    granted_by: str | None
    granted_at: datetime | None


class HadRole(NamedTuple):
    """Whether the user had the role."""

    had_it: bool


QUERIES = load_queries(__file__, "roles.sql")
GRANTS_OF_USER = Query(QUERIES["grants_of_user"], Grant)
USER_TO_GRANT = Query(QUERIES["user_to_grant"], User)
GRANT_ROLE = Query(QUERIES["grant_role"], RoleGrant)
TAKE_ROLE_BACK = Query(QUERIES["take_role_back"], HadRole)
ALL_GRANTS = Query(QUERIES["all_grants"], RoleGrant)

EVERYTHING = frozenset({Grant("admin")})
NO_GRANTS: frozenset[Grant] = frozenset()


def read_role(text: str) -> Grant | None:
    """A role as tokens and commands write it, `door` or `door:small-hall`; None for any other
    text."""
    name, colon, concert_id = text.partition(":")
    role = next((role for role in ROLES if role == name), None)
    if role is None or (colon and not concert_id):
        return None
    return Grant(role, concert_id or None)


def read_roles(texts: Iterable[object]) -> frozenset[Grant]:
    """Those of a token's roles that are roles here."""
    found = (read_role(text) for text in texts if isinstance(text, str))
    return frozenset(grant for grant in found if grant is not None)


async def of_user(tx: Transaction, user_id: str) -> frozenset[Grant]:
    """The roles that this user was given here."""
    return frozenset(await tx.fetch(GRANTS_OF_USER, user_id=user_id))


async def named(tx: Transaction, who: str) -> User | None:
    """The user with this id or e-mail address. A deleted account has its id only, and is found by
    it: its row reads like that of a fan of another login, who may have roles here."""
    return await (await tx.send(USER_TO_GRANT, who=who, email=address(who))).row()


async def give(tx: Transaction, grant_id: UUID, user_id: str, grant: Grant, by: str) -> RoleGrant:
    """Give a user a role. Returns it, as it was given before where it has another id."""
    sent = await tx.send(GRANT_ROLE, id=grant_id, user_id=user_id, granted_by=by, **grant._asdict())
    return await sent.one()


async def take_back(tx: Transaction, user_id: str, grant: Grant) -> bool:
    """Take a role back, with an admin's also the role of before. Returns whether the user had
    it."""
    sent = await tx.send(TAKE_ROLE_BACK, user_id=user_id, **grant._asdict())
    return (await sent.one()).had_it


async def listed(tx: Transaction, *, before: UUID | None, limit: int) -> list[RoleGrant]:
    """Roles that were given here, from the one before `before` on: first those of before there were
    roles, then the newest."""
    return await tx.fetch(ALL_GRANTS, before=before, limit=limit)

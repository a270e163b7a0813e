"""Roles: one's own, and for admins those of all. A role holds from the next call on."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from yemae.accounts import roles as kinds
from yemae.accounts.roles import Grant, Role, RoleGrant
from yemae.back_office import roles
from yemae.concerts.limits import Text
from yemae.http.contract.operation import CURSOR, LIMIT, OF_BODIES, Answer, Body, Operation, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.matrix import opened_by
from yemae.http.server.call import Call, one_page
from yemae.refusals import (
    ConcertNotFound,
    InvalidRequest,
    OperatorRequired,
    Unauthenticated,
)
from yemae.values.instants import Instant, instant_or_none

PATH = "/v1/admin/roles"
Slug = Annotated[str, Meta(min_length=1, max_length=63)]


class ChangeRole(Body, frozen=True, kw_only=True):
    """A role of a user, named by id or e-mail address: for one concert, or for the whole server.
    The reason is for the log."""

    user: Annotated[str, Meta(min_length=1, max_length=320, pattern="^[!-?A-~][!-~]*$")]
    role: Role
    concert_id: Slug | None = None
    reason: Text | None = None


class HeldRole(msgspec.Struct, frozen=True):
    """A role, for a concert or, where that is null, for the whole server, and the names of the
    operations that it opens there."""

    role: Role
    concert_id: str | None
    calls: list[str]


class OwnRoles(msgspec.Struct, frozen=True):
    """Who the caller is, their roles, and the names of the operations that these open, on at least
    one concert."""

    user_id: str
    roles: list[HeldRole]
    calls: list[str]


class RoleOfUser(msgspec.Struct, frozen=True):
    """A role that a user was given. Who gave it and when are null where it is from before roles
    were written down."""

    user_id: str
    name: str | None
    email: str | None
    role: Role
    concert_id: str | None
    granted_by: str | None
    granted_at: Instant | None


class RolesOfUsers(msgspec.Struct, frozen=True):
    """A page of the roles that were given on this server, newest first, after those from before
    roles were written down; the next begins at `next_cursor`. Those that a login of your own puts
    into its tokens are not among them."""

    roles: list[RoleOfUser]
    next_cursor: UUID | None


class TakenBack(msgspec.Struct, frozen=True):
    """Whether the user had the role."""

    revoked: bool


CHANGE = msgspec.json.Decoder(ChangeRole)
EXAMPLE = {"user": "ann@example.com", "role": "box_office", "concert_id": "small-hall"}
EXAMPLE_ROLE = {
    "user_id": EXAMPLE_ID,
    "name": "Ann",
    "email": "ann@example.com",
    "role": "box_office",
    "concert_id": "small-hall",
    "granted_by": "cli:yemae",
    "granted_at": "2026-12-24T02:00:00.000Z",
}
EXAMPLE_CALLS = ["show_own_roles", "show_queue_to_operator", "show_sales"]
EXAMPLE_OWN = {
    "user_id": EXAMPLE_ID,
    "roles": [{"role": "viewer", "concert_id": None, "calls": EXAMPLE_CALLS}],
    "calls": EXAMPLE_CALLS,
}


async def show_own(call: Call) -> Answer:
    """What the caller may do."""
    call.operator()
    identity = call.identity()
    held = await roles.held(call.runtime, identity)
    ordered = sorted(
        held, key=lambda grant: (kinds.ROLES.index(grant.role), grant.concert_id or "")
    )
    mine = [HeldRole(role, concert_id, opened_by({role})) for role, concert_id in ordered]
    return Answer(200, OwnRoles(identity.user_id, mine, opened_by({grant.role for grant in held})))


async def list_roles(call: Call) -> Answer:
    """Who may do what on this server."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    found = await roles.listed(call.runtime, before=before, limit=limit + 1)
    listed, following = one_page(found, limit)
    return Answer(200, RolesOfUsers([_shown(each) for each in listed], following))


async def give(call: Call) -> Answer:
    """Give a user a role, from their next call on. They need an account here. Idempotent."""
    who, body = call.operator(), await call.body(CHANGE)
    grant = Grant(body.role, body.concert_id)
    return Answer(200, _shown(await roles.give(call.runtime, who, body.user, grant, body.reason)))


async def take_back(call: Call) -> Answer:
    """Take a role back; it ends at once. One in a token, of another login or from before there were
    roles, ends with the token."""
    who, body = call.operator(), await call.body(CHANGE)
    grant = Grant(body.role, body.concert_id)
    had_it = await roles.take_back(call.runtime, who, body.user, grant, body.reason)
    return Answer(200, TakenBack(had_it))


def _shown(each: RoleGrant) -> RoleOfUser:
    return RoleOfUser(
        each.user_id,
        each.name,
        each.email,
        each.role,
        each.concert_id,
        each.granted_by,
        instant_or_none(each.granted_at),
    )


GATES = (Unauthenticated, OperatorRequired)

OPERATIONS = (
    Operation(
        "show_own_roles",
        "GET",
        "/v1/admin/me",
        "admin",
        "What the caller may do",
        show_own,
        (Shown(200, "The caller", OwnRoles, EXAMPLE_OWN),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "list_roles",
        "GET",
        PATH,
        "admin",
        "Who may do what",
        list_roles,
        (
            Shown(
                200,
                "A page of the roles",
                RolesOfUsers,
                {"roles": [EXAMPLE_ROLE], "next_cursor": None},
            ),
        ),
        (*GATES, InvalidRequest),
        parameters=(CURSOR, LIMIT),
        signed_in=True,
    ),
    Operation(
        "give_role",
        "POST",
        PATH,
        "admin",
        "Give a role",
        give,
        (Shown(200, "The role", RoleOfUser, EXAMPLE_ROLE),),
        (*GATES, ConcertNotFound, *OF_BODIES),
        body=ChangeRole,
        body_example=EXAMPLE,
        signed_in=True,
    ),
    Operation(
        "take_role_back",
        "POST",
        f"{PATH}/revoke",
        "admin",
        "Take a role back",
        take_back,
        (Shown(200, "Whether the user had it", TakenBack, {"revoked": True}),),
        (*GATES, *OF_BODIES),
        body=ChangeRole,
        body_example=EXAMPLE,
        signed_in=True,
    ),
)

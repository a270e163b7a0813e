"""Roles: one's own, and for admins those of all. A role holds from the next call on."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.accounts import roles as kinds
from yemae.accounts.roles import Grant, Role
from yemae.back_office import roles
from yemae.concerts.limits import Text
from yemae.http.contract.operation import Answer, Body, Operation, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.matrix import MATRIX
from yemae.http.server.call import Call
from yemae.refusals import (
    BodyTooLarge,
    ConcertNotFound,
    InvalidRequest,
    MalformedBody,
    OperatorRequired,
    RequestTimeout,
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
    """A role, for a concert or, where that is null, for the whole server."""

    role: Role
    concert_id: str | None


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
    """Every role that was given on this server. Those that a login of your own puts into its tokens
    are not among them."""

    roles: list[RoleOfUser]


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
EXAMPLE_OWN = {
    "user_id": EXAMPLE_ID,
    "roles": [{"role": "viewer", "concert_id": None}],
    "calls": ["show_own_roles", "show_queue_to_operator", "show_sales"],
}


async def show_own(call: Call) -> Answer:
    """What the caller may do."""
    call.operator()
    identity = call.identity()
    held = await roles.held(call.runtime, identity)
    mine = {grant.role for grant in held}
    calls = [name for name, rule in MATRIX.items() if mine & {"admin", *rule.roles}]
    ordered = sorted(
        held, key=lambda grant: (kinds.ROLES.index(grant.role), grant.concert_id or "")
    )
    return Answer(200, OwnRoles(identity.user_id, [HeldRole(*each) for each in ordered], calls))


async def list_roles(call: Call) -> Answer:
    """Who may do what on this server."""
    call.operator()
    return await _listed(call)


async def give(call: Call) -> Answer:
    """Give a user a role, from their next call on. They need an account here. Idempotent."""
    who, body = call.operator(), await call.body(CHANGE)
    grant = Grant(body.role, body.concert_id)
    await roles.give(call.runtime, who, body.user, grant, body.reason)
    return await _listed(call)


async def take_back(call: Call) -> Answer:
    """Take a role back; it ends at once. One in a token of another login ends with the token."""
    who, body = call.operator(), await call.body(CHANGE)
    grant = Grant(body.role, body.concert_id)
    had_it = await roles.take_back(call.runtime, who, body.user, grant, body.reason)
    return Answer(200, TakenBack(had_it))


async def _listed(call: Call) -> Answer:
    found = await roles.listed(call.runtime)
    shown = [
        RoleOfUser(*each._replace(granted_at=None)[:-1], instant_or_none(each.granted_at))
        for each in found
    ]
    return Answer(200, RolesOfUsers(shown))


GATES = (Unauthenticated, OperatorRequired)
OF_BODIES = (InvalidRequest, MalformedBody, BodyTooLarge, RequestTimeout)
THE_LIST = (Shown(200, "The roles", RolesOfUsers, {"roles": [EXAMPLE_ROLE]}),)

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
        THE_LIST,
        GATES,
        signed_in=True,
    ),
    Operation(
        "give_role",
        "POST",
        PATH,
        "admin",
        "Give a role",
        give,
        THE_LIST,
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

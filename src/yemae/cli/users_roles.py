"""`yemae users grant`, `revoke` and `roles`: who may do what, on the server or at one concert."""

from typing import Annotated

import typer

from yemae.accounts.roles import ROLES, Grant, Role, RoleGrant
from yemae.back_office import roles as back_office
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import on_stores
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.concerts.controls import operator
from yemae.values.instants import instant_or_none, plain

RoleName = Annotated[str, typer.Argument(metavar="ROLE", help=f"One of {', '.join(ROLES)}.")]
Who = Annotated[str, typer.Argument(metavar="USER", help="The user's id or e-mail address.")]
ConcertOption = Annotated[
    str | None,
    typer.Option("--concert", metavar="CONCERT", help="For this concert only, not all."),
]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the log.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("grant-admin", epilog=examples("yemae users grant-admin ann@example.com"))(
        grant_admin
    )
    app.command(
        "grant",
        epilog=examples(
            "yemae users grant viewer ann@example.com",
            "yemae users grant box_office ben@example.com --concert small-hall",
        ),
    )(grant)
    app.command("revoke", epilog=examples("yemae users revoke viewer ann@example.com"))(revoke)
    app.command("roles", epilog=examples("yemae users roles", "yemae users roles --json"))(
        list_roles
    )


def grant_admin(who: Who, *, reason: Reason = None) -> None:
    """Let a user do everything, and give roles to others."""
    _give(who, Grant("admin"), reason)


def grant(
    role: RoleName, who: Who, *, concert: ConcertOption = None, reason: Reason = None
) -> None:
    """Give a user a role, from their next call on.

    For users who have signed up here. A login of your own puts roles into its tokens itself.
    """
    _give(who, Grant(_role(role), concert), reason)


def revoke(
    role: RoleName, who: Who, *, concert: ConcertOption = None, reason: Reason = None
) -> None:
    """Take a role back; it ends at once.

    With `admin` goes what `yemae users grant-operator` gave. Access tokens that have it already end
    by themselves, after YEMAE_ACCESS_TOKEN_TTL_S at most.
    """
    taken = Grant(_role(role), concert)
    had_it = on_stores(lambda stores: back_office.take_back(stores, operator(), who, taken, reason))
    ended = "has no longer" if had_it else "did not have"
    write_line(f"{who} {ended} the role {_place(taken)}")


def list_roles(*, json: AsJson = False) -> None:
    """List the users with a role."""
    found = on_stores(back_office.every)
    if json:
        write_json([_as_json(each) for each in found])
        return
    write_table(
        ["Role", "Concert", "User", "Name", "E-mail", "Granted", "By"], [_row(e) for e in found]
    )


def _give(who: str, given: Grant, reason: str | None) -> None:
    has = on_stores(lambda stores: back_office.give(stores, operator(), who, given, reason))
    write_line(f"{_named(has)} has the role {_place(given)}")


def _role(text: str) -> Role:
    role = next((each for each in ROLES if each == text), None)
    if role is None:
        raise InputError(f"{text!r} is no role: it is one of {', '.join(ROLES)}.")
    return role


def _place(given: Grant) -> str:
    """A role in words."""
    return given.role if given.concert_id is None else f"{given.role} of {given.concert_id}"


def _named(has: RoleGrant) -> str:
    return f"{has.user_id} ({has.name}, {has.email})" if has.email else has.user_id


def _as_json(each: RoleGrant) -> dict[str, object]:
    return {name: value for name, value in plain(each._asdict()).items() if name != "id"}


def _row(each: RoleGrant) -> tuple[object, ...]:
    place = each.concert_id or "(all)"
    granted = instant_or_none(each.granted_at)
    return each.role, place, each.user_id, each.name, each.email, granted, each.granted_by

"""`yemae tokens`: access tokens for tests and rehearsals, signed with the server's secret key."""

from itertools import chain
from typing import Annotated, Literal

import typer

from yemae.accounts.access import USER_ID, Issuer
from yemae.accounts.roles import ROLES, read_role
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.screen import write_line
from yemae.embedded.secret_key import secret_key
from yemae.settings import read_settings

COUNT_MAX = 1_000_000

app = typer.Typer(name="tokens", help="Access tokens for tests and rehearsals.")


@app.callback()
def tokens() -> None:
    """Access tokens for tests and rehearsals."""


@app.command(
    epilog=examples(
        "yemae tokens issue alice",
        "yemae tokens issue --count 1000 --prefix fan- --ttl-s 3600",
        "yemae tokens issue ann --role operator --group fanclub",
        "yemae tokens issue ben --grant viewer --grant box_office:small-hall",
    )
)
def issue(
    users: Annotated[
        list[str] | None, typer.Argument(help="User ids: 1 to 128 visible ASCII characters.")
    ] = None,
    count: Annotated[
        int, typer.Option(help="Issue this many to numbered users.", min=0, max=COUNT_MAX)
    ] = 0,
    prefix: Annotated[str, typer.Option(help="What stands before the number.")] = "fan-",
    ttl_s: Annotated[
        int | None,
        typer.Option(help="Seconds until they end [default: YEMAE_ACCESS_TOKEN_TTL_S].", min=1),
    ] = None,
    role: Annotated[
        Literal["operator"] | None, typer.Option(help="They may do everything, as an admin.")
    ] = None,
    grant: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE[:CONCERT]",
            help=f"A role: {', '.join(ROLES)}; for one concert, or for all. May be repeated.",
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(help="A group that they are in, for lanes; may be repeated."),
    ] = None,
) -> None:
    """Print access tokens, one on each line.

    For each user named, and with --count for PREFIX1 to PREFIXn. Needs no stores and no running
    server, only the server's secret key: YEMAE_SECRET_KEY, or the one kept in its data folder.
    """
    named = users or []
    if not named and not count:
        raise InputError("Name users, or say how many with --count.")
    for user in (*named, f"{prefix}{COUNT_MAX}"):
        if not USER_ID.fullmatch(user):
            raise InputError(
                f"{user!r} cannot be a user id: 1 to 128 visible ASCII characters, "
                "the first one not @."
            )
    for text in grant or ():
        if read_role(text) is None:
            raise InputError(f"{text!r} is no role: one of {', '.join(ROLES)}, or ROLE:CONCERT.")
    settings = read_settings()
    issuer = Issuer(secret_key(settings, make=False), ttl_s or settings.accounts.access_token_ttl_s)
    numbered = (f"{prefix}{number}" for number in range(1, count + 1))
    for user in chain(named, numbered):
        write_line(issuer.issue(user, role, group or (), grant or ()).text)

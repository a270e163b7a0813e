"""The console during a rehearsal: an operator of the private server, whose sign-in is printed.

The account is on a server whose data ends with the rehearsal, and its password is a new one each
time; so nothing of it opens any other server.
"""

import asyncio
import secrets

import typer

from yemae.accounts import users
from yemae.accounts.passwords import HASHER
from yemae.accounts.roles import Grant
from yemae.back_office import roles
from yemae.cli.failures import InputError
from yemae.concerts.controls import operator
from yemae.rehearsal.target import Target
from yemae.runtime import open_stores
from yemae.settings import Settings

EMAIL = "operator@example.com"
NAME = "Rehearsal"
PASSWORD_BYTES = 9


def require_private(*, console: bool, embedded: bool) -> None:
    """Raise InputError where there is no private server to sign in to."""
    if console and not embedded:
        raise InputError(
            "--console is of a private server: it needs --embedded. On a running server, "
            "open /console and sign in."
        )


def show_console(target: Target) -> None:
    """Make an admin, and say where to sign in and how."""
    assert target.stores is not None, "a private server has stores"
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    asyncio.run(_make_admin(target.stores, password))
    typer.echo(f"yemae: the console is {target.url}/console/{target.concert.id}/line", err=True)
    typer.echo(f"yemae: sign in as {EMAIL} with {password}", err=True)


async def _make_admin(settings: Settings, password: str) -> None:
    async with open_stores(settings, uses_valkey=False) as stores:
        async with stores.postgres.transaction() as tx:
            await users.sign_up(
                tx,
                user_id=str(stores.new_id()),
                name=NAME,
                email=EMAIL,
                password_hash=HASHER.hash(password),
            )
        await roles.give(stores, operator(), EMAIL, Grant("admin"), "yemae rehearse --console")

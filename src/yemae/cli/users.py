"""`yemae users`: who may run a sale. The commands here give and take the role of before, which may
do everything; the others are in users_roles.py and users_accounts.py."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from uuid_utils.compat import uuid7

from yemae.accounts import users as accounts
from yemae.accounts.access import OPERATOR
from yemae.accounts.users import User
from yemae.cli import users_accounts, users_roles
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.stores import store_settings
from yemae.concerts import controls
from yemae.concerts.controls import operator
from yemae.settings import Settings
from yemae.store.postgres import Postgres, Transaction

Answer = TypeVar("Answer")
Who = Annotated[str, typer.Argument(metavar="USER", help="The user's id or e-mail address.")]

app = typer.Typer(name="users", help="Say who may run a sale, and export and delete accounts.")


@app.callback()
def users() -> None:
    """Say who may run a sale, and export and delete accounts."""


users_roles.add_to(app)
users_accounts.add_to(app)


@app.command(epilog=examples("yemae users grant-operator ann@example.com"))
def grant_operator(who: Who) -> None:
    """Let a user do everything, from their next sign-in on.

    It is from before there were roles: `yemae users grant-admin` does the same at once. A login
    of your own puts the role into its tokens itself.
    """
    user = _set_role(who, OPERATOR)
    write_line(f"{_named(user)} is an operator from the next sign-in on")


@app.command(epilog=examples("yemae users revoke-operator ann@example.com"))
def revoke_operator(who: Who) -> None:
    """Make an operator a fan again.

    Access tokens that are out there end by themselves, after YEMAE_ACCESS_TOKEN_TTL_S at most.
    """
    user = _set_role(who, None)
    write_line(f"{_named(user)} is no operator from the next sign-in on")


@app.command(epilog=examples("yemae users list-operators", "yemae users list-operators --json"))
def list_operators(*, json: AsJson = False) -> None:
    """List the users of `grant-operator`."""
    with store_settings() as settings:
        found = asyncio.run(_in_transaction(settings, lambda tx: accounts.with_role(tx, OPERATOR)))
    if json:
        write_json([user._asdict() for user in found])
        return
    write_table(["ID", "Name", "E-mail"], found)


def _set_role(who: str, role: str | None) -> User:
    async def change(tx: Transaction) -> User | None:
        user = await accounts.set_role(tx, who, role)
        if user is not None:
            action = "revoke operator" if role is None else "grant operator"
            await controls.log(tx, uuid7(), None, operator(), action, {"user_id": user.id})
        return user

    with store_settings() as settings:
        user = asyncio.run(_in_transaction(settings, change))
    if user is None:
        raise InputError(f"There is no user {who!r}: they have to sign up first.")
    return user


async def _in_transaction(
    settings: Settings, work: Callable[[Transaction], Awaitable[Answer]]
) -> Answer:
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        return await work(tx)


def _named(user: User) -> str:
    return f"{user.id} ({user.name}, {user.email})" if user.email else user.id

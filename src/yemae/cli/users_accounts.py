"""`yemae users export`, `delete` and `reset-second-factor`: the accounts of others, each with a
reason for the log."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from yemae.accounts import second_factors, users
from yemae.back_office import account_export
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import on_stores
from yemae.cli.screen import write_json, write_line
from yemae.concerts import controls
from yemae.concerts.controls import operator
from yemae.refusals import InvalidRequest
from yemae.runtime import Stores
from yemae.sale import account_deletion
from yemae.values.instants import plain

Who = Annotated[str, typer.Argument(metavar="USER", help="The user's id or e-mail address.")]
Reason = Annotated[
    str,
    typer.Option(
        "--reason", metavar="TEXT", help="Why, for the log: without a name or an address."
    ),
]
Passkeys = Annotated[bool, typer.Option("--passkeys", help="Remove all passkeys as well.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write to this new file, which only you may read."),
]
MODE = 0o600


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        epilog=examples(
            "yemae users export ann@example.com --reason 'Asked for in writing' -o ann.json"
        )
    )(export)
    app.command(
        epilog=examples("yemae users delete ann@example.com --reason 'Asked for in writing'")
    )(delete)
    app.command(
        "reset-second-factor",
        epilog=examples("yemae users reset-second-factor ann@example.com --reason 'Lost phone'"),
    )(reset_second_factor)


def export(who: Who, reason: Reason, output: Output = None) -> None:
    """Write everything that is kept of a user, as JSON.

    It is what the page gives the fan, without the codes of tickets: for one who asks for it in
    another way. Of orders, addresses and ledger lines it has the newest 1,000 each.
    """
    found = on_stores(lambda stores: account_export.export(stores, operator(), who, reason))
    if found is None:
        raise InputError(f"There is no user {who!r}.")
    if output is None:
        write_json(found)
        return
    text = msgspec.json.format(msgspec.json.encode(plain(found)), indent=2) + b"\n"
    try:
        output.touch(MODE, exist_ok=False)
        output.write_bytes(text)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from error


def delete(who: Who, reason: Reason) -> None:
    """Delete an account, as its owner does on the page.

    Name, addresses and password are gone, and every session ends; orders and the ledger stay under
    the user id. It is refused while there is a balance, a held order, a ticket for a date to come,
    or money that is on its way.
    """

    async def carry_out(stores: Stores) -> str | None:
        async with stores.postgres.transaction() as tx:
            user = await users.named(tx, who)
            if user is None:
                return None
            try:
                await account_deletion.delete_in(tx, user.id)
            except InvalidRequest as refusal:
                raise InputError(f"The account is not deleted. {refusal.detail()}.") from None
            details = {"user_id": user.id, "reason": reason}
            await controls.log(tx, stores.new_id(), None, operator(), "delete account", details)
            return user.id

    user_id = on_stores(carry_out)
    if user_id is None:
        raise InputError(f"There is no user {who!r}.")
    write_line(f"{user_id} is deleted, and signed out everywhere")


def reset_second_factor(who: Who, reason: Reason, *, passkeys: Passkeys = False) -> None:
    """Remove a user's authenticator app and recovery codes.

    Make sure who asks: with the password alone they are an operator again, or set another app up.
    """

    async def carry_out(stores: Stores) -> tuple[str, bool] | None:
        async with stores.postgres.transaction() as tx:
            user = await users.named(tx, who)
            if user is None:
                return None
            had_one = await second_factors.remove(tx, user.id)
            if passkeys:
                had_one = await second_factors.remove_passkeys(tx, user.id) > 0 or had_one
            if had_one:
                details = {"user_id": user.id, "reason": reason}
                action = "reset second factor"
                await controls.log(tx, stores.new_id(), None, operator(), action, details)
            return user.id, had_one

    done = on_stores(carry_out)
    if done is None:
        raise InputError(f"There is no user {who!r}.")
    user_id, had_one = done
    what = "an authenticator app or passkeys" if passkeys else "an authenticator app"
    write_line(f"{user_id} {'has no longer' if had_one else 'did not have'} {what}")

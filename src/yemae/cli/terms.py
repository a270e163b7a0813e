"""`yemae terms`: the operator's terms and privacy policy, which fans agree to."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from uuid_utils.compat import uuid7

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.stores import store_settings
from yemae.concerts import controls
from yemae.concerts.controls import operator
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.terms import terms as book
from yemae.terms import terms_file
from yemae.terms.terms import ListedTerms, VersionTakenError
from yemae.terms.terms_file import TermsFile, TermsFileError
from yemae.values.instants import instant

app = typer.Typer(name="terms", help="Publish the terms that fans agree to.")


@app.callback()
def terms() -> None:
    """Publish the terms that fans agree to."""


@app.command(epilog=examples("yemae terms publish terms.toml"))
def publish(
    file: Annotated[Path, typer.Argument(help="A file with version, terms and privacy policy.")],
) -> None:
    """Make a version of the terms the current one.

    From then on, every sign-up and every payment has to agree to it. A version never changes, and
    none is removed, because orders name the version that was agreed to.
    """
    try:
        wanted = terms_file.read(file)
    except TermsFileError as error:
        raise InputError(str(error)) from error
    with store_settings() as settings:
        try:
            is_new = asyncio.run(_publish(settings, wanted))
        except VersionTakenError:
            raise InputError(
                f"{file}: version {wanted.version!r} was published with other texts, which orders "
                "refer to: give the new texts another version."
            ) from None
    done = "is what fans agree to now" if is_new else "was published before: nothing has changed"
    write_line(f"{wanted.version} {done}")


@app.command("list", epilog=examples("yemae terms list", "yemae terms list --json"))
def list_terms(*, json: AsJson = False) -> None:
    """List the versions, newest first, with the sign-ups and payments that agreed to each."""
    with store_settings() as settings:
        found = asyncio.run(_listed(settings))
    if json:
        write_json(
            [{**each._asdict(), "published_at": instant(each.published_at)} for each in found]
        )
        return
    write_table(
        ["Version", "Published", "Sign-ups", "Payments"], found, numbers=["Sign-ups", "Payments"]
    )


async def _publish(settings: Settings, wanted: TermsFile) -> bool:
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        is_new = await book.publish(tx, wanted)
        if is_new:
            details = {"version": wanted.version}
            await controls.log(tx, uuid7(), None, operator(), "publish terms", details)
        return is_new


async def _listed(settings: Settings) -> list[ListedTerms]:
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        return await book.listed(tx)

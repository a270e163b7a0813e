"""`yemae concerts`: bring concert files in, list what is there."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.stores import stores
from yemae.concerts.catalogue import Catalogue, Concert
from yemae.concerts.load import load_files
from yemae.settings import Settings
from yemae.store.postgres import Postgres

app = typer.Typer(name="concerts", help="Load concert files, list concerts.")


@app.command(epilog=examples("yemae concerts load examples/*.toml"))
def load(
    files: Annotated[list[Path], typer.Argument(help="Concert files (docs/concert-file.md).")],
) -> None:
    """Load concert files; all are checked before the first is written.

    Loading a file again brings its changes; what is sold or held stays valid.
    """
    with stores() as settings:
        for loaded in load_files(settings, files):
            write_line(
                f"{loaded.file}: {loaded.concert_id}, performances: {loaded.performances:,}, "
                f"seats in each: {loaded.seats:,}"
            )


@app.command("list", epilog=examples("yemae concerts list", "yemae concerts list --json"))
def list_concerts(*, json: AsJson = False) -> None:
    """List every concert, those that are over too."""
    with stores() as settings:
        concerts = asyncio.run(_concerts(settings))
    if json:
        write_json([_described(concert) for concert in concerts])
        return
    write_table(
        ["ID", "Title", "Artist", "Sale opens", "Dates", "Seats", "From"],
        [
            (
                concert.id,
                concert.title,
                concert.artist,
                concert.sale_opens_at,
                len(concert.performances),
                sum(date.seats_total for date in concert.performances),
                f"{min(date.price_from for date in concert.performances):,} {concert.currency}",
            )
            for concert in concerts
        ],
        numbers=["Dates", "Seats", "From"],
    )


async def _concerts(settings: Settings) -> list[Concert]:
    postgres = Postgres(settings)
    await postgres.open()
    try:
        catalogue = Catalogue(postgres)
        await catalogue.refresh()
    finally:
        await postgres.close()
    return list(catalogue.concerts.values())


def _described(concert: Concert) -> dict[str, object]:
    """A concert with its dates as the API names them; the database's own keys stay inside."""
    dates = [
        {
            "id": date.id,
            "starts_at": date.starts_at,
            "seats_total": date.seats_total,
            "price_from": date.price_from,
        }
        for date in concert.performances
    ]
    return {**concert._asdict(), "performances": dates}

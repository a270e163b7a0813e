"""`yemae concerts`: load concert files, list and remove concerts, draw seat plans."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from yemae.cli import concerts_load, concerts_remove
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.plan_watch import watch_file, write_picture
from yemae.cli.screen import AsJson, write_json, write_line, write_table
from yemae.cli.stores import store_settings
from yemae.concerts.catalogue import Concert
from yemae.concerts.files import concert_file
from yemae.concerts.queue_settings import MOMENTS, NAMES
from yemae.concerts.seat_map import plan_svg
from yemae.concerts.seat_map.plans import Plans
from yemae.runtime import open_stores
from yemae.settings import Settings
from yemae.values import money
from yemae.values.instants import local_time, on_clocks

app = typer.Typer(name="concerts", help="Load concert files, list and remove concerts, draw plans.")
concerts_load.add_to(app)
concerts_remove.add_to(app)


@app.command("list", epilog=examples("yemae concerts list", "yemae concerts list --json"))
def list_concerts(*, json: AsJson = False) -> None:
    """List every concert, those that are over too."""
    with store_settings() as settings:
        concerts = asyncio.run(_concerts(settings))
    if json:
        write_json([_described(concert) for concert in concerts])
        return
    write_table(
        ["ID", "Title", "Artist", "Sale opens", "Dates", "Seats", "From", ""],
        [
            (
                concert.id,
                concert.title,
                concert.artist,
                on_clocks(concert.sale_opens_at, concert.zone),
                len(concert.performances),
                sum(date.seats_total for date in concert.performances),
                money.amount(
                    min(date.price_from for date in concert.performances), concert.currency
                ),
                "archived" if concert.archived else "hidden" if concert.hidden else "",
            )
            for concert in concerts
        ],
        numbers=["Dates", "Seats", "From"],
    )


@app.command(
    epilog=examples(
        "yemae concerts plan my-concert.toml --svg plan.svg",
        "yemae concerts plan my-concert.toml --svg plan.svg --watch",
        "yemae concerts plan small-hall-2030-05-03 > plan.svg",
    )
)
def plan(
    source: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="A concert file, or a performance's id.")
    ],
    svg: Annotated[
        Path | None, typer.Option(help="Where to write the picture [default: standard output].")
    ] = None,
    *,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Draw again at each change of the file, until Ctrl-C; needs --svg."
        ),
    ] = False,
) -> None:
    """Draw a seat plan as an SVG picture, to check it.

    A concert file needs no stores; whatever ends in .toml, or has a / in it, is one.
    """
    if watch:
        if svg is None or not _is_file(source):
            raise InputError("--watch needs a concert file, and --svg for the picture.")
        watch_file(Path(source), lambda: write_picture(svg, _draw_file(Path(source))))
    drawn = _draw_file(Path(source)) if _is_file(source) else _draw_stored(source)
    if svg is None:
        write_line(drawn.rstrip("\n"))
    else:
        write_picture(svg, drawn)


def _is_file(source: str) -> bool:
    return source.endswith(".toml") or "/" in source


def _draw_file(path: Path) -> str:
    concert = concert_file.read(path)
    return plan_svg.draw(concert.plan, concert.title, concert.currency)


def _draw_stored(performance_id: str) -> str:
    with store_settings() as settings:
        return asyncio.run(_stored(settings, performance_id))


async def _stored(settings: Settings, performance_id: str) -> str:
    async with open_stores(settings, uses_valkey=False) as stores:
        performance = stores.catalogue.performances.get(performance_id)
        if performance is None:
            raise InputError(f"There is no performance {performance_id!r}.")
        known = await Plans(stores.postgres, stores.catalogue, kept_max=1).of(performance)
        concert = stores.catalogue.concert_of(performance)
    return plan_svg.draw(known.plan, concert.title, concert.currency)


async def _concerts(settings: Settings) -> list[Concert]:
    async with open_stores(settings, uses_valkey=False) as stores:
        return list(stores.catalogue.concerts.values())


# What a list shows of a concert. Named one by one, because some of the rest is secret: the seed of
# a draw, and what is kept of presale codes.
SHOWN = (
    "id",
    "title",
    "artist",
    "venue",
    "time_zone",
    "currency",
    "seat_limit",
    "seat_limit_per_concert",
    "hidden",
    "archived",
    *NAMES,
    "control",
)


def _described(concert: Concert) -> dict[str, object]:
    """A concert with its dates and lanes as the API names them; the database's own keys and what is
    secret stay inside."""
    dates = [
        {
            "id": date.id,
            "starts_at": date.starts_at,
            "starts_at_local": local_time(date.starts_at, date.zone),
            "sale_ends_at": date.off_sale_at(),
            "sale_ends_at_local": local_time(date.off_sale_at(), date.zone),
            "seats_total": date.seats_total,
            "price_from": date.price_from,
        }
        for date in concert.performances
    ]
    lanes = [
        {
            "name": lane.name,
            "share": lane.share,
            "codes": len(lane.code_hashes),
            "group": lane.group,
        }
        for lane in concert.lanes
    ]
    sales = [
        {
            "id": phase.id,
            "name": phase.phase.name,
            "opens_at": phase.sale_opens_at,
            "ends_at": phase.off_sale_at(),
            "codes": len(phase.phase.code_hashes),
            "group": phase.phase.group,
        }
        for phase in concert.phases
    ]
    shown = {name: getattr(concert, name) for name in SHOWN}
    local = {f"{name}_local": local_time(getattr(concert, name), concert.zone) for name in MOMENTS}
    return {**shown, **local, "lanes": lanes, "sales": sales, "performances": dates}

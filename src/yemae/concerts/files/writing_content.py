"""Writes what a concert's page shows beside dates and seats: English names, details, the poster,
the cancellation policy."""

from typing import Any

from yemae.concerts import cancellation_policy, details
from yemae.concerts.files.concert_file import FileConcert
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "load.sql")
WRITE_POSTER = QUERIES["write_poster"]
DROP_UNUSED_POSTERS = QUERIES["drop_unused_posters"]


def columns(concert: FileConcert) -> dict[str, Any]:
    """Its columns of a concert's row."""
    policy = concert.cancellation
    return {
        "title_en": concert.title_en,
        "artist_en": concert.artist_en,
        "venue_en": concert.venue_en,
        **details.stored(concert.details)._asdict(),
        "poster": None if concert.poster is None else concert.poster.digest,
        "cancellation": None if policy is None else cancellation_policy.stored(policy).digest,
    }


async def write(tx: Transaction, concert: FileConcert) -> None:
    """Write the poster and the policy that the concert's row will name; they may be there."""
    if concert.poster is not None:
        await tx.send(WRITE_POSTER, **concert.poster._asdict())
    if concert.cancellation is not None:
        await cancellation_policy.write(tx, concert.cancellation)


async def drop_unused_posters(tx: Transaction) -> None:
    """Drop what no concert has any more. Loads take turns, so no other is about to use one."""
    await tx.send(DROP_UNUSED_POSTERS)

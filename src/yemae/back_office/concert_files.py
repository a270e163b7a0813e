"""Concerts without a file on a disk: what a changed concert would change, and the change.

The rules are those of `yemae concerts load`: the same reader, the same comparison, the same
questions after the first sale. What an operator says yes to is named by a digest, so that nothing
else is written than what they saw.
"""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from yemae.concerts.files import concert_file, documents, import_files, kept_files
from yemae.concerts.files.concert_file import ConcertFileError, FileConcert
from yemae.concerts.files.writing import LoadResult
from yemae.concerts.posters import Poster
from yemae.refusals import (
    ConcertFileNotAgreed,
    ConcertFileNotKept,
    ConcertFileRefused,
    InvalidRequest,
    NotAsShown,
)
from yemae.runtime import Stores
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "concert_files.sql")
POSTER_OF_CONCERT = QUERIES["poster_of_concert"]

# Stands for the name of a file in sentences about it.
NAME = "file"
# How many changes a refusal names.
NAMED_MAX = 10

# Called with the id of the concert that a file is of; raises where the operator may not change it.
Allowed = Callable[[str], None]


class Compared(NamedTuple):
    """What a file would change. `digest` names the file together with that."""

    text: str
    concert: FileConcert
    result: LoadResult
    digest: str


async def read(stores: Stores, concert_id: str) -> str:
    """The file of a concert. Raises ConcertNotFound, ConcertFileNotKept or StoreUnavailable."""
    concert = stores.catalogue.concert(concert_id)
    async with stores.postgres.transaction() as tx:
        kept = await kept_files.read(tx, concert.concert_id)
    if kept is None:
        raise ConcertFileNotKept
    return kept.content


async def copy(stores: Stores, concert_id: str, new_id: str) -> documents.Document:
    """The document of a new concert like this one; nothing is written. Raises as `read` does."""
    text = await read(stores, concert_id)
    return documents.copied(documents.document_of(text), new_id)


async def compare(stores: Stores, text: str, allowed: Allowed) -> Compared:
    """What a file would change. Raises InvalidRequest, ConcertFileRefused, StoreUnavailable, and
    what `allowed` does."""
    concert = await _read(stores, text, allowed)
    try:
        (result,) = await import_files.compare(stores.settings, [(NAME, concert)])
    except ConcertFileError as error:
        raise _refused(error) from None
    return _compared(text, concert, result)


async def apply(
    stores: Stores, text: str, allowed: Allowed, *, who: str, digest: str, agreed: bool
) -> Compared:
    """Change a concert, or make one. Raises as `compare` does, NotAsShown where that would
    write something else than what has this digest, and ConcertFileNotAgreed."""
    concert = await _read(stores, text, allowed)

    def check(results: Sequence[LoadResult]) -> None:
        (result,) = results
        if _compared(text, concert, result).digest != digest:
            raise NotAsShown
        if result.questions and not agreed:
            named = [change.what for change in result.questions[:NAMED_MAX]]
            raise ConcertFileNotAgreed(named)

    try:
        (result,) = await import_files.load(
            stores.settings, [(NAME, concert)], who=who, check=check
        )
    except ConcertFileError as error:
        raise _refused(error) from None
    await stores.catalogue.refresh()
    return _compared(text, concert, result)


def text_of(document: documents.Document) -> str:
    """The file of a document. Raises InvalidRequest."""
    try:
        return documents.text_of(document)
    except ConcertFileError as error:
        raise InvalidRequest.of("document", str(error)) from None


async def _read(stores: Stores, text: str, allowed: Allowed) -> FileConcert:
    try:
        # A large hall takes a while to be placed; the requests of fans go on meanwhile.
        concert = await asyncio.to_thread(concert_file.parse, text, NAME)
        allowed(concert.id)
        import_files.require_sellable(stores.settings, NAME, concert)
        return await _with_poster(stores, concert)
    except ConcertFileError as error:
        raise _refused(error) from None


async def _with_poster(stores: Stores, concert: FileConcert) -> FileConcert:
    """The concert with the poster that it has. Images come with a load only."""
    if concert.poster_file is None:
        return concert
    async with stores.postgres.transaction() as tx:
        row = await (await tx.send(POSTER_OF_CONCERT, id=concert.id)).row()
    if row is None:
        problem = "expected no poster: this concert has none, and an image comes by a load"
        raise ConcertFileError(f"{NAME}: poster: {problem}.", "poster", problem)
    return msgspec.structs.replace(concert, poster=Poster(*row))


def _compared(text: str, concert: FileConcert, result: LoadResult) -> Compared:
    shown = [
        text,
        result.before,
        [(change.mark, change.what) for change in result.changes],
        [change.what for change in result.questions],
    ]
    digest = hashlib.sha256(msgspec.json.encode(shown)).hexdigest()[:32]
    return Compared(text, concert, result, digest)


def _refused(error: ConcertFileError) -> InvalidRequest | ConcertFileRefused:
    """What is wrong with the file itself names its field; all else is in the way of it."""
    if error.problem:
        return InvalidRequest.of(error.path or "toml", error.problem)
    return ConcertFileRefused(str(error).removeprefix(f"{NAME}: "))

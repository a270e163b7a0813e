"""The files of concerts as they were loaded last, so that they can be changed and downloaded.

A file is kept without its presale codes, which are secret, and without its comments: it is written
anew from its tables. A concert that only an earlier version has loaded has none.
"""

import hashlib
from typing import NamedTuple

from yemae.concerts.files import documents, toml_text
from yemae.concerts.files.concert_file import FileConcert
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "kept_files.sql")
KEPT_FILE = QUERIES["kept_file"]
WRITE_FILE = QUERIES["write_file"]


class KeptFile(NamedTuple):
    """The text of a file, and what names it."""

    content: str
    digest: str


async def read(tx: Transaction, concert_id: str) -> KeptFile | None:
    """The file of a concert; None: none is kept."""
    row = await (await tx.send(KEPT_FILE, concert_id=concert_id)).row()
    return None if row is None else KeptFile(row.content, _digest(row.content))


async def digest_of(tx: Transaction, concert_id: str) -> str | None:
    """What names the content of a kept file."""
    kept = await read(tx, concert_id)
    return None if kept is None else kept.digest


async def write(tx: Transaction, concert: FileConcert) -> None:
    """Keep the file of a concert, in place of the one before."""
    content = toml_text.write(documents.without_codes(concert.tables))
    await tx.send(WRITE_FILE, concert_id=concert.id, content=content)


def _digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:32]

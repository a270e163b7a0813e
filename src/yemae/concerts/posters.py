"""Posters in PostgreSQL, and the cache of those that were asked for lately.

A poster never changes: another image is another poster, with another digest. A concert without one
has the poster that the page draws.
"""

from typing import NamedTuple

from yemae.base.known import Known
from yemae.concerts.catalogue import Catalogue, Concert
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
POSTER_IMAGES = QUERIES["poster_images"]

# Together some 20 MB.
KEPT_MAX = 64


class Poster(NamedTuple):
    """A poster as it is stored: two JPEG images, and the size of the large one in pixels."""

    digest: str
    width: int
    height: int
    small: bytes
    large: bytes


class Images(NamedTuple):
    """The two images of a poster."""

    small: bytes
    large: bytes


class Posters:
    """The posters that were asked for lately."""

    def __init__(self, postgres: Postgres, catalogue: Catalogue) -> None:
        self._postgres = postgres
        self._catalogue = catalogue
        self._known: Known[Images] = Known(KEPT_MAX)

    async def of(self, concert: Concert) -> tuple[str, Images] | None:
        """The digest and images of a concert's poster as it is now; None: it has none. Raises
        ConcertNotFound or StoreUnavailable."""
        if (found := await self._as_of(concert)) is not None or concert.poster is None:
            return found
        # The concert was loaded anew, with another poster, since the catalogue was read.
        await self._catalogue.refresh()
        return await self._as_of(self._catalogue.concert(concert.id))

    async def _as_of(self, concert: Concert) -> tuple[str, Images] | None:
        if concert.poster is None:
            return None
        digest = concert.poster

        async def read() -> Images | None:
            async with self._postgres.transaction() as tx:
                row = await (await tx.send(POSTER_IMAGES, digest=digest)).row()
            return None if row is None else Images(*row)

        images = await self._known.of(digest, read)
        return None if images is None else (digest, images)

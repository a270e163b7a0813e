"""What a concert's page tells beside its name: `[details]` of the concert file, and its cache.

Texts are kept as the operator wrote them, in Markdown, and turned into HTML when they are shown, so
that a better renderer reaches every text at once.
"""

import hashlib
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from yemae.base.known import Known
from yemae.concerts.catalogue import Catalogue, Concert
from yemae.concerts.limits import EmailAddress, HttpsUrl, LongText, Phone, Text
from yemae.refusals import ConcertNotFound
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__)
DETAILS = QUERIES["details_of_concert"]

CAST_MAX = 200
# Of Korea's ratings the highest is 19; some countries have 21.
AGE_MAX = 21
MINUTES_MAX = 1_440
KEPT_MAX = 256

Minutes = Annotated[int, Meta(ge=1, le=MINUTES_MAX)]


class CastMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One of `[[details.cast]]`."""

    name: Text
    name_en: Text | None = None
    role: Text | None = None
    role_en: Text | None = None


class Organiser(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`[details.organiser]`: who answers for the concert, and how to reach them."""

    name: Text
    name_en: Text | None = None
    phone: Phone | None = None
    email: EmailAddress | None = None
    url: HttpsUrl | None = None


class Details(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """`[details]`. Long texts are Markdown; the running time includes the interval."""

    running_time_minutes: Minutes | None = None
    interval_minutes: Minutes | None = None
    # 0: all ages.
    minimum_age: Annotated[int, Meta(ge=0, le=AGE_MAX)] | None = None
    description: LongText | None = None
    description_en: LongText | None = None
    notices: LongText | None = None
    notices_en: LongText | None = None
    cast: Annotated[tuple[CastMember, ...], Meta(max_length=CAST_MAX)] = ()
    organiser: Organiser | None = None
    address: Text | None = None
    address_en: Text | None = None
    map_url: HttpsUrl | None = None


NONE = Details()


class StoredDetails(NamedTuple):
    """The columns of a concert's row. None: it has no details."""

    details: str | None
    details_digest: str | None


def stored(details: Details) -> StoredDetails:
    """Details as JSON, and the digest that names them."""
    if details == NONE:
        return StoredDetails(None, None)
    content = msgspec.json.encode(details)
    return StoredDetails(content.decode(), hashlib.sha256(content).hexdigest()[:32])


class DetailsCache:
    """The details that were asked for lately."""

    def __init__(self, postgres: Postgres, catalogue: Catalogue) -> None:
        self._postgres = postgres
        self._catalogue = catalogue
        self._known: Known[Details] = Known(KEPT_MAX)

    async def of(self, concert: Concert) -> tuple[str | None, Details]:
        """The details of a concert as they are now, with their digest. Raises ConcertNotFound or
        StoreUnavailable."""
        if (known := await self._as_of(concert)) is not None:
            return known
        # The concert was loaded anew since the catalogue was read.
        await self._catalogue.refresh()
        if (known := await self._as_of(self._catalogue.concert(concert.id))) is not None:
            return known
        raise ConcertNotFound

    async def _as_of(self, concert: Concert) -> tuple[str | None, Details] | None:
        digest = concert.details
        if digest is None:
            return None, NONE

        async def read() -> Details | None:
            async with self._postgres.transaction() as tx:
                row = await (await tx.send(DETAILS, id=concert.id, digest=digest)).row()
            return None if row is None else msgspec.convert(row.details, Details)

        details = await self._known.of(digest, read)
        return None if details is None else (digest, details)

"""The published terms in PostgreSQL, and which of them fans agree to now.

A version never changes, so that what a fan agreed to can be read for good. The newest is current;
every process reads the names of all with each refresh of the catalogue, so no request waits for a
store because of them.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec

from yemae.base.known import Known
from yemae.store.postgres import Postgres, Transaction
from yemae.store.queries import load_queries
from yemae.terms.terms_file import LegalTexts, TermsFile

QUERIES = load_queries(__file__)
PUBLISHED_VERSIONS = QUERIES["published_versions"]
TERMS_OF_VERSION = QUERIES["terms_of_version"]
PUBLISHING = load_queries(__file__, "publishing.sql")
ALL_TERMS = PUBLISHING["all_terms"]
LOCK_TERMS = PUBLISHING["lock_terms"]
PUBLISH_TERMS = PUBLISHING["publish_terms"]

KEPT_MAX = 16


class Terms(NamedTuple):
    """A published version."""

    version: str
    published_at: datetime
    terms: LegalTexts
    privacy: LegalTexts


class ListedTerms(NamedTuple):
    """A published version, and how many sign-ups and payments agreed to it."""

    version: str
    published_at: datetime
    sign_ups: int
    payments: int


class PublishedTerms:
    """What this process knows of the terms."""

    def __init__(self) -> None:
        # The newest last.
        self._versions: tuple[str, ...] = ()
        self._known: Known[Terms] = Known(KEPT_MAX)

    @property
    def current(self) -> str | None:
        """The version that new sign-ups and payments have to agree to; None: none is published."""
        return self._versions[-1] if self._versions else None

    async def refresh(self, postgres: Postgres) -> None:
        """Read which versions are published. Raises StoreUnavailable."""
        async with postgres.transaction() as tx:
            self._versions = tuple(row.version for row in await tx.fetch(PUBLISHED_VERSIONS))

    async def of(self, postgres: Postgres, version: str) -> Terms | None:
        """A version, current or not; None when it was never published. Raises StoreUnavailable."""
        if version not in self._versions:
            return None

        async def read() -> Terms | None:
            async with postgres.transaction() as tx:
                return await _of_version(tx, version)

        return await self._known.of(version, read)


async def publish(tx: Transaction, wanted: TermsFile) -> bool:
    """Make a version the current one; False when it was published before, with these texts. Raises
    VersionTakenError when it has other texts."""
    await tx.send(LOCK_TERMS)
    known = await _of_version(tx, wanted.version)
    if known is None:
        texts = {"terms": wanted.terms, "privacy": wanted.privacy}
        content = msgspec.json.encode(texts).decode()
        await tx.send(PUBLISH_TERMS, version=wanted.version, content=content)
        return True
    if (known.terms, known.privacy) != (wanted.terms, wanted.privacy):
        raise VersionTakenError(wanted.version)
    return False


async def listed(tx: Transaction) -> list[ListedTerms]:
    """Every version, newest first."""
    return [ListedTerms(*row) for row in await tx.fetch(ALL_TERMS)]


class VersionTakenError(Exception):
    """A version was published with other texts."""


async def _of_version(tx: Transaction, version: str) -> Terms | None:
    row = await (await tx.send(TERMS_OF_VERSION, version=version)).row()
    if row is None:
        return None
    texts = {name: msgspec.convert(row.content[name], LegalTexts) for name in ("terms", "privacy")}
    return Terms(version, row.published_at, **texts)

"""Presale codes: what is kept of them, under the server's key.

People choose codes, so there are few likely ones: a bare hash of one is found by trying. What is
kept is an HMAC of a code's SHA-256 for its concert, with a key that follows from the secret key; so
the database, or a copy of it, says nothing of a code without that key. Earlier versions kept the
SHA-256 itself, which still works; `seal_all` converts it to the newer form without knowing the
code. A server whose secret key changes needs its concert files loaded again.
"""

import hashlib
import hmac
from collections.abc import Iterable

import msgspec

from yemae.base.signing import key_for
from yemae.settings import Settings
from yemae.store.postgres import Postgres
from yemae.store.queries import load_queries
from yemae.values.text import composed

QUERIES = load_queries(__file__, "presale_codes.sql")
BARE_CODES = QUERIES["bare_codes"]
WRITE_LANES = QUERIES["write_lanes"]

SEALED = "hmac-sha256:"


class PresaleCodes:
    """Seals codes, and finds the lanes of those that fans give."""

    def __init__(self, secret_key: str) -> None:
        self._key = key_for(secret_key, "yemae presale code")

    def seal(self, concert_id: str, code: str) -> str:
        """What is kept of a code."""
        return self._seal(concert_id, _digest(code))

    def seal_each(self, concert_id: str, codes: Iterable[str], kept: Iterable[str]) -> list[str]:
        """What is kept of codes, behind what was kept of others; each once."""
        return list(dict.fromkeys([*kept, *(self.seal(concert_id, code) for code in codes)]))

    def forms(self, concert_id: str, code: str) -> frozenset[str]:
        """Everything that may be kept of a code, by this version or an earlier one."""
        return frozenset((self.seal(concert_id, code), _digest(code)))

    def sealed(self, concert_id: str, kept: str) -> str:
        """The newest form of what is kept of a code."""
        return kept if kept.startswith(SEALED) else self._seal(concert_id, kept)

    def _seal(self, concert_id: str, digest: str) -> str:
        content = f"{concert_id}\n{digest}".encode()
        return SEALED + hmac.digest(self._key, content, hashlib.sha256).hex()


def _digest(code: str) -> str:
    return hashlib.sha256(composed(code).encode()).hexdigest()


async def seal_all(settings: Settings) -> int:
    """Seal what an earlier version kept of codes. Returns for how many concerts."""
    codes = PresaleCodes(settings.stores.secret_key)
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        rows = await tx.fetch(BARE_CODES)
        for row in rows:
            for lane in row.lanes:
                lane["code_hashes"] = [codes.sealed(row.id, h) for h in lane["code_hashes"]]
            lanes = msgspec.json.encode(row.lanes).decode()
            await tx.send(WRITE_LANES, id=row.id, lanes=lanes)
    return len(rows)

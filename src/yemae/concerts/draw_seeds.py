"""The seed of a concert's draw, which a dump of the database alone does not give away. Pure.

The database keeps 32 random bytes, and the seed is their HMAC under a key that follows from the
secret key. Concerts of earlier versions have the bytes themselves as their seed, because its seal
is public. A server whose secret key changes has other seeds: keep the key while a draw is on.
"""

import hashlib
import hmac

from yemae.base.signing import key_for


class DrawSeeds:
    """Makes seeds of what the database keeps."""

    def __init__(self, secret_key: str) -> None:
        self._key = key_for(secret_key, "yemae draw seed")

    def seed(self, kept: bytes, *, is_keyed: bool) -> bytes:
        """The 32 bytes that numbers and the seal follow from."""
        return hmac.digest(self._key, kept, hashlib.sha256) if is_keyed else kept

"""Who sends a push: Voluntary Application Server Identification (RFC 8292).

The key follows from the server's secret key, so every node of a server has the same one and nothing
has to be kept. Another secret key ends all subscriptions: browsers subscribe for one key.
"""

import base64
from functools import lru_cache
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from yemae.base.signing import key_for
from yemae.push.encryption import CURVE

PURPOSE = "yemae web push"
# The order of the curve P-256 (FIPS 186-5).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# At most a day, says the RFC.
TOKEN_S = 43_200


@lru_cache(maxsize=4)
def key_of(secret_key: str) -> ec.EllipticCurvePrivateKey:
    """The key of a server."""
    number = int.from_bytes(key_for(secret_key, PURPOSE), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, CURVE)


@lru_cache(maxsize=4)
def public_key(secret_key: str) -> str:
    """What browsers subscribe for: the public key, base64url."""
    point = key_of(secret_key).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def authorization(secret_key: str, endpoint: str, origin: str, now_s: float) -> str:
    """The header of a push to this address; `origin` says who sends it."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int(now_s) + TOKEN_S}
    if origin.startswith("https://"):
        claims["sub"] = origin
    token = jwt.encode(claims, key_of(secret_key), "ES256")
    return f"vapid t={token}, k={public_key(secret_key)}"

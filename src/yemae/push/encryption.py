"""What a push service carries without reading it: Message Encryption for Web Push (RFC 8291).

A message is one record of the encrypted content coding (RFC 8188). Pure but for its key and salt.
"""

import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT_BYTES, KEY_BYTES, NONCE_BYTES, TAG_BYTES = 16, 16, 12, 16
POINT_BYTES, AUTH_BYTES = 65, 16
# What every push service takes; the header and the tag are a part of it.
MESSAGE_MAX_BYTES = 3_900
RECORD_BYTES = 4_096
LAST_RECORD = b"\x02"
CURVE = ec.SECP256R1()


def is_point(raw: bytes) -> bool:
    """Whether these bytes are a public key of a browser."""
    if len(raw) != POINT_BYTES:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw)
    except ValueError:
        return False
    return True


def encrypted(
    message: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    own: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of a push of this message to a browser with this public key and secret. `own` and
    `salt` are of this one message; tests give those of the RFC."""
    assert len(message) <= MESSAGE_MAX_BYTES, "a message that no push service takes"
    own, salt = own or ec.generate_private_key(CURVE), salt or os.urandom(SALT_BYTES)
    public = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    browser = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh)
    shared = own.exchange(ec.ECDH(), browser)
    secret = derived(shared, auth, b"WebPush: info\x00" + p256dh + public, 32)
    key = derived(secret, salt, b"Content-Encoding: aes128gcm\x00", KEY_BYTES)
    nonce = derived(secret, salt, b"Content-Encoding: nonce\x00", NONCE_BYTES)
    head = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([POINT_BYTES]) + public
    return head + AESGCM(key).encrypt(nonce, message + LAST_RECORD, None)


def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """A key that follows from a secret (HKDF)."""
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

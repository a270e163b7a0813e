"""Ticket codes: one signed text for each seat of a paid order, shown as a QR code at the door.

Pure. A code is `YEMAE1:` and, in Base32 without padding, the order's id (16 bytes), the length of
the performance's id (1 byte), that id, the seat's number in UTF-8, and the Ed25519 signature (64
bytes) of everything before it, the prefix included. So a scanner that has the public key reads and
checks a code without a network, and cannot make one. Always holds: the same ticket has the same
code, no other text is that ticket's code, and each character is one of those that a QR code packs
two into eleven bits. Signing takes some 30 µs.
"""

import base64
import binascii
from typing import NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yemae.base.signing import key_for

PREFIX = "YEMAE1:"
SIGNATURE_BYTES = 64
ORDER_BYTES = 16
# The order, a length, and at least one character each of performance and seat.
PAYLOAD_MIN_BYTES = ORDER_BYTES + 3
# The longest ids and numbers that there can be stay below it.
CODE_MAX_CHARS = 500

NOT_A_CODE = f"This is no ticket code: those begin with {PREFIX[:-1]}."
DAMAGED = "The code is damaged: characters are wrong or missing."
NOT_OURS = "The signature does not fit: the code is forged, damaged or another server's."


class Ticket(NamedTuple):
    """What a code says: a seat that an order has paid for."""

    order_id: UUID
    performance_id: str
    seat: str


class CodeError(Exception):
    """A text that is no ticket's code; the text is one sentence."""


class TicketSigner:
    """Makes codes with a key that follows from the server's secret key."""

    def __init__(self, secret_key: str) -> None:
        seed = key_for(secret_key, "yemae ticket code")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key()

    def sign(self, ticket: Ticket) -> str:
        """The code of a ticket."""
        payload = _pack(ticket)
        return _text(payload + self._key.sign(PREFIX.encode() + payload))


def read(code: str, public_key: Ed25519PublicKey) -> Ticket:
    """What a code says, once its signature was checked. Raises CodeError."""
    content = _bytes(code)
    payload, signature = content[:-SIGNATURE_BYTES], content[-SIGNATURE_BYTES:]
    try:
        public_key.verify(signature, PREFIX.encode() + payload)
    except InvalidSignature:
        raise CodeError(NOT_OURS) from None
    return _unpack(payload)


def _text(content: bytes) -> str:
    return PREFIX + base64.b32encode(content).decode().rstrip("=")


def _bytes(code: str) -> bytes:
    """The payload and the signature of a text that is written as a code is."""
    if not code.startswith(PREFIX):
        raise CodeError(NOT_A_CODE)
    text = code.removeprefix(PREFIX)
    if len(code) > CODE_MAX_CHARS:
        raise CodeError(DAMAGED)
    try:
        content = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError):
        raise CodeError(DAMAGED) from None
    # Bits that stand for nothing are zero in our codes; otherwise two texts would be one ticket.
    if len(content) < PAYLOAD_MIN_BYTES + SIGNATURE_BYTES or _text(content) != code:
        raise CodeError(DAMAGED)
    return content


def _pack(ticket: Ticket) -> bytes:
    performance = ticket.performance_id.encode()
    return ticket.order_id.bytes + bytes([len(performance)]) + performance + ticket.seat.encode()


def _unpack(payload: bytes) -> Ticket:
    """The opposite of `_pack`; its bytes are ours, because their signature fits."""
    performance_at = ORDER_BYTES + 1
    seat_at = performance_at + payload[ORDER_BYTES]
    return Ticket(
        UUID(bytes=payload[:ORDER_BYTES]),
        payload[performance_at:seat_at].decode(),
        payload[seat_at:].decode(),
    )

"""The booking number of an order: what a fan reads out on the phone and types from a mail. Pure.

It is the last 48 bits of the order's id, in ten of 32 characters that are not mistaken for one
another: no 0, O, 1 or I. So it needs no column and no statement. Always holds, by an index: two
orders have different ones. A hold that meets the number of another order is run again, with another
id. A number is no secret, and opens nothing by itself.
"""

import base64
from uuid import UUID

CHARACTERS = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
BASE_32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
READ = bytes.maketrans(CHARACTERS, BASE_32)
LENGTH = 10
TAIL_BITS = 48
# Ten bytes are sixteen characters of base 32; those before the number are zeros.
ZEROS = b"AAAAAA"
# Every two characters, by the ten bits that they stand for; those in the middle of a number have a
# dash between them. Looked up, because every answer of a hold and of a payment has a number.
TWO = [chr(one) + chr(two) for one in CHARACTERS for two in CHARACTERS]
MIDDLE = ["-".join(two) for two in TWO]
# What is left out when a number is read, because people write it between the characters.
BETWEEN = str.maketrans("", "", " -\u2010\u2011\u2012\u2013\u2014")


def booking_number(order_id: UUID) -> str:
    """The number as it is shown: two groups of five, the first beginning with a letter."""
    bits = order_id.int
    return (
        f"{TWO[bits >> 40 & 0xFF]}{TWO[bits >> 30 & 0x3FF]}{MIDDLE[bits >> 20 & 0x3FF]}"
        f"{TWO[bits >> 10 & 0x3FF]}{TWO[bits & 0x3FF]}"
    )


def tail_of(number: str) -> str | None:
    """The last twelve hexadecimal digits of the id of the order with this number, in whatever case
    and groups it was typed; None if no order can have it."""
    text = number.strip().translate(BETWEEN).upper()
    if len(text) != LENGTH or not text.isascii() or set(text.encode()) - set(CHARACTERS):
        return None
    tail = int.from_bytes(base64.b32decode(ZEROS + text.encode().translate(READ)))
    return f"{tail:012x}" if tail < 1 << TAIL_BITS else None

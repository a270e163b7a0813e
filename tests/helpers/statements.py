"""Statements as the server sees them."""

import re

PARAMETER = re.compile(rb"%\((\w+)\)s")


def numbered(statement: bytes) -> bytes:
    """A statement with $1, $2 … instead of names, as the server sees it."""
    names: list[bytes] = []

    def number(match: re.Match[bytes]) -> bytes:
        if match[1] not in names:
            names.append(match[1])
        return b"$%d" % (names.index(match[1]) + 1)

    return PARAMETER.sub(number, statement)

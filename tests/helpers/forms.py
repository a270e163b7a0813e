"""Requests of the console's forms, for tests that make every call: each says what it has seen."""

import re
from typing import Any

import httpx

from helpers.concerts import SMALL, TEXT
from yemae.concerts.files import documents

OF_FORMS = re.compile(r"^/v1/admin/concert-files|/sign-offs(/{sign_off_id})?$")
# They say something about a file, and write nothing.
LOOKS = re.compile(r"/(comparison|plan)$")
FILE = documents.document_of(TEXT.format(**SMALL | {"concert_id": "of-a-form"}))


def body_of(path: str, shown: str) -> dict[str, Any]:
    """What a call sends: what is compared, changed or signed."""
    if path.endswith("/sign-offs"):
        return {"name": "Ann", "expected_fans": 1, "digest": shown}
    return {"document": FILE} | ({} if LOOKS.search(path) else {"digest": shown})


def look(
    client: httpx.Client,
    tokens: dict[str, str],
    operation: str,
    concert_id: str,
    known: dict[str, str],
) -> str:
    """The digest of what such a call is about; a sign-off is made, and becomes known."""
    if "/concert-files" in operation:
        path = LOOKS.sub("", operation)
        compared = client.post(f"{path}/comparison", headers=tokens, json={"document": FILE})
        return str(compared.json()["digest"])
    path = f"/v1/admin/concerts/{concert_id}/readiness"
    shown = str(client.get(path, headers=tokens).json()["digest"])
    signed = client.post(
        f"{path}/sign-offs", headers=tokens, json=body_of(f"{path}/sign-offs", shown)
    )
    known["sign_off_id"] = signed.json()["id"]
    return shown

"""Shapes of the calls that make and change concerts."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from yemae.concerts.files import documents
from yemae.http.contract.operation import Body
from yemae.http.fan.details import Html

# Proxies take bodies of 128 KB; longer files are loaded by `yemae concerts load`.
BODY_MAX_BYTES = 120_000

Toml = Annotated[str, Meta(min_length=1, max_length=BODY_MAX_BYTES)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class CompareConcertFile(Body, frozen=True, kw_only=True):
    """A concert file: its text, or its tables and fields as JSON, with times as texts of RFC 3339.
    At most 120,000 bytes."""

    one_of = (("toml",), ("document",))

    toml: Toml | UnsetType = UNSET
    document: dict[str, Any] | UnsetType = UNSET


class ApplyConcertFile(CompareConcertFile, frozen=True, kw_only=True):
    """The same, with the `digest` of its comparison. `agreed`: yes to the questions there."""

    digest: Digest
    agreed: bool = False


class ConcertFileBody(msgspec.Struct, frozen=True):
    """A concert file, as text and as a document. Where a lane or a phase has presale codes,
    `keep_codes` stands for them."""

    concert_id: str
    toml: str
    document: dict[str, Any]


class DiffLine(msgspec.Struct, frozen=True):
    """One change: `+` is new, `-` is removed, `~` is changed. `what` is in the words of the file,
    with old → new; `detail` says what that means at this moment."""

    mark: Literal["+", "-", "~"]
    what: str
    detail: str


class Previews(msgspec.Struct, frozen=True):
    """The long texts as fans see them; null where there is none."""

    description: Html | None
    description_en: Html | None
    notices: Html | None
    notices_en: Html | None


class ConcertFileComparison(msgspec.Struct, frozen=True, kw_only=True):
    """What a file changes, and the file itself. Without `questions` it can be applied as it is.
    `plan_svg` is null for halls of more than 10,000 seats."""

    concert_id: str
    is_new: bool
    performances: int
    seats: int
    changes: list[DiffLine]
    questions: list[str]
    warnings: list[str]
    digest: str
    toml: str
    document: dict[str, Any]
    plan_svg: str | None
    previews: Previews


EXAMPLE_DOCUMENT: dict[str, Any] = {
    "id": "small-hall",
    "title": "작은 숲의 밤",
    "artist": "서윤별",
    "venue": "작은숲 소극장, 서울",
    "time_zone": "Asia/Seoul",
    "sale_opens_at": "2026-11-22T20:00:00+09:00",
    "queue": {"active_limit": 100, "admit_per_minute": 300},
    "grades": [{"name": "R", "price": 66000}],
    "sections": [{"name": "1F", "grade": "R", "rows": ["A-B:1-20"]}],
    "performances": [{"id": "small-hall-1", "starts_at": "2026-12-24T19:00:00+09:00"}],
}
EXAMPLE_TOML = documents.text_of(EXAMPLE_DOCUMENT)
EXAMPLE_FILE = {"concert_id": "small-hall", "toml": EXAMPLE_TOML, "document": EXAMPLE_DOCUMENT}
EXAMPLE_OF_COMPARISON: dict[str, Any] = {
    "concert_id": "small-hall",
    "is_new": False,
    "performances": 1,
    "seats": 40,
    "changes": [{"mark": "~", "what": "R 55,000 → 66,000: 40 seats", "detail": ""}],
    "questions": ["R 55,000 → 66,000: 40 seats"],
    "warnings": [],
    "digest": "0f4d6a5e8b1c2d3e4f5a6b7c8d9e0f1a",
    "toml": EXAMPLE_TOML,
    "document": EXAMPLE_DOCUMENT,
    "plan_svg": None,
    "previews": {
        "description": None,
        "description_en": None,
        "notices": None,
        "notices_en": None,
    },
}

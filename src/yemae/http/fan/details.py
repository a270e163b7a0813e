"""공연 정보 · What a concert's page tells beside its name: texts, cast, organiser, address."""

from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.details import CastMember, Details, Organiser
from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Parameter, Shown
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound
from yemae.values import markdown

VERSION = Parameter(
    "v",
    "query",
    "`details` of the concert. With it the answer may be kept for ever, without it for a minute, "
    "and not at all when it is not the name of the details that are answered.",
    {"type": "string", "maxLength": 64},
)
FOR_EVER = b"public, max-age=31536000, immutable"
FOR_A_MINUTE = b"public, max-age=60"
NOT_KEPT = b"no-store"
BODIES_KEPT_MAX = 64

Html = Annotated[
    str,
    Meta(
        description="HTML made of the operator's Markdown. Only p, br, h3-h6, ul, ol, li, strong, "
        "em, hr and a occur, and links lead to https, mailto or tel only."
    ),
]


class DetailsBody(msgspec.Struct, frozen=True):
    """What the organiser says of a concert; null where nothing is said. What ends in `_en` is the
    same in English. The running time includes the interval. `minimum_age` 0: all ages."""

    running_time_minutes: int | None
    interval_minutes: int | None
    minimum_age: int | None
    description: Html | None
    description_en: Html | None
    notices: Html | None
    notices_en: Html | None
    cast: tuple[CastMember, ...]
    organiser: Organiser | None
    address: str | None
    address_en: str | None
    map_url: str | None


MARKDOWN = ("description", "description_en", "notices", "notices_en")
EXAMPLE_DETAILS = {
    "running_time_minutes": 100,
    "interval_minutes": None,
    "minimum_age": 8,
    "description": "<p>한 사람의 목소리와 <strong>기타 한 대</strong>.</p>\n",
    "description_en": "<p>One voice and <strong>one guitar</strong>.</p>\n",
    "notices": "<ul>\n<li>공연 시작 10분 전까지 입장해 주세요.</li>\n</ul>\n",
    "notices_en": "<ul>\n<li>Please be seated ten minutes before the start.</li>\n</ul>\n",
    "cast": [{"name": "서윤별", "name_en": "Seo Yunbyeol", "role": "노래", "role_en": "Vocals"}],
    "organiser": {
        "name": "작은숲 프로덕션",
        "name_en": "Little Forest Productions",
        "phone": "02-000-0000",
        "email": "help@example.com",
        "url": "https://example.com",
    },
    "address": "서울특별시 종로구 예시길 1",
    "address_en": "1 Yesi-gil, Jongno-gu, Seoul",
    "map_url": "https://maps.example.com/little-forest",
}


async def show_details(call: Call) -> Answer:
    """Description, running time, age rating, cast, notices, organiser and the address of the
    venue. A concert without any has nulls."""
    runtime = call.runtime
    concert = runtime.catalogue.concert(call.path("concert_id"))
    digest, details = await runtime.details.of(concert)
    kept = {digest or "none": FOR_EVER, None: FOR_A_MINUTE}.get(call.query("v"), NOT_KEPT)
    return conditional.answer(call, f'W/"{digest or "none"}"', kept, _body(details))


@lru_cache(maxsize=BODIES_KEPT_MAX)
def _body(details: Details) -> bytes:
    texts = {
        name: None if (text := getattr(details, name)) is None else markdown.to_html(text)
        for name in MARKDOWN
    }
    fields = {name: getattr(details, name) for name in DetailsBody.__struct_fields__}
    return msgspec.json.encode(DetailsBody(**(fields | texts)))


OPERATIONS = (
    Operation(
        "show_details",
        "GET",
        "/v1/concerts/{concert_id}/details",
        "concerts",
        "What the organiser says of a concert",
        show_details,
        parameters=(VERSION, IF_NONE_MATCH),
        answers=(
            Shown(
                200,
                "The details",
                DetailsBody,
                EXAMPLE_DETAILS,
                headers=("Cache-Control", "ETag"),
            ),
            Shown(304, "The details are as you know them", headers=("Cache-Control", "ETag")),
        ),
        problems=(ConcertNotFound,),
    ),
)

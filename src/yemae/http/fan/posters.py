"""포스터 · The poster of a concert: an image of the organiser's, served by us."""

from typing import Annotated

from msgspec import Meta

from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Parameter, Shown
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound, InvalidRequest, NotFound

SIZE = Parameter(
    "size",
    "query",
    "`small` for a card of a list, `large` for a page.",
    {"type": "string", "enum": ["small", "large"], "default": "large"},
)
VERSION = Parameter(
    "v",
    "query",
    "`version` of the concert's poster. With it the image may be kept for ever, without it for a "
    "minute, and not at all when it is not the name of the poster that is answered.",
    {"type": "string", "maxLength": 64},
)
FOR_EVER = b"public, max-age=31536000, immutable"
FOR_A_MINUTE = b"public, max-age=60"
NOT_KEPT = b"no-store"
JPEG = "image/jpeg"

Image = Annotated[str, Meta(extra_json_schema={"contentMediaType": JPEG})]


async def show_poster(call: Call) -> Answer:
    """The poster of a concert whose `poster` is not null, as JPEG. Other concerts have none here:
    the page draws one from their title."""
    size = call.query("size") or "large"
    if size not in {"small", "large"}:
        raise InvalidRequest.of("size", "Expected small or large")
    runtime = call.runtime
    found = await runtime.posters.of(runtime.catalogue.concert(call.path("concert_id")))
    if found is None:
        raise NotFound
    digest, images = found
    kept = {digest: FOR_EVER, None: FOR_A_MINUTE}.get(call.query("v"), NOT_KEPT)
    content = images.small if size == "small" else images.large
    answer = conditional.answer(call, f'"{digest}-{size}"', kept, content)
    if answer.status == 304:
        return answer
    return answer._replace(headers=(*answer.headers, (b"content-type", JPEG.encode())))


OPERATIONS = (
    Operation(
        "show_poster",
        "GET",
        "/v1/concerts/{concert_id}/poster",
        "concerts",
        "The poster of a concert",
        show_poster,
        parameters=(SIZE, VERSION, IF_NONE_MATCH),
        answers=(
            Shown(
                200,
                "The image",
                Image,
                "(the bytes of a JPEG)",
                media_type=JPEG,
                headers=("Cache-Control", "ETag"),
            ),
            Shown(304, "The image is as you know it", headers=("Cache-Control", "ETag")),
        ),
        problems=(ConcertNotFound, InvalidRequest),
    ),
)

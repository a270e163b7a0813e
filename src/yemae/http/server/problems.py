"""Refusals as RFC 9457 problem documents, in English or Korean; see docs.py for their pages."""

from collections.abc import Iterable

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from yemae.base import metrics, tallies
from yemae.http.contract.operation import NOSNIFF
from yemae.http.server import korean
from yemae.http.server.languages import Language, language_of
from yemae.http.server.request_id import request_id
from yemae.refusals import Refusal, all_refusals
from yemae.values.instants import plain

PROBLEM_TYPE = "application/problem+json"
SLUGS = {refusal.slug: refusal for refusal in all_refusals()}
# Of every problem, in each language.
COMMON: dict[Language, list[tuple[bytes, bytes]]] = {
    language: [
        (b"content-type", PROBLEM_TYPE.encode()),
        (b"cache-control", b"no-store"),
        (b"content-language", language.encode()),
        (b"vary", b"Accept-Language"),
        NOSNIFF,
    ]
    for language in ("en", "ko")
}

# Status, body and headers of an answer.
Written = tuple[int, bytes, list[tuple[bytes, bytes]]]

encode = msgspec.json.Encoder().encode


def written(refusal: Refusal, asked: Iterable[tuple[bytes, bytes]], own_id: bytes) -> Written:
    """The answer to a request with the headers `asked` that is refused, in the fan's language;
    counts it."""
    metrics.REFUSALS.labels(refusal.slug).inc()
    tallies.count(tallies.SERVER, refusal.slug)
    language = language_of(asked)
    fields = headers(refusal, language)
    fields.append((b"x-request-id", own_id))
    return refusal.status, document(refusal, own_id.decode(), language), fields


def response(refusal: Refusal, scope: Scope) -> Response:
    """The same where no operation has taken the request."""
    status, body, fields = written(refusal, scope["headers"], request_id(scope["headers"]))
    answer = Response(body, status)
    answer.raw_headers += fields
    return answer


def document(refusal: Refusal, instance: str, language: Language) -> bytes:
    """The problem document of one refusal; `instance` is the request's id."""
    is_korean = language == "ko"
    fields = korean.fields(refusal) if is_korean else refusal.extra()
    return encode(
        {
            "type": f"/problems/{refusal.slug}",
            "title": korean.title(refusal) if is_korean else refusal.title,
            "status": refusal.status,
            "detail": korean.detail(refusal) if is_korean else refusal.detail(),
            "instance": instance,
            **plain(fields),
        }
    )


def headers(refusal: Refusal, language: Language) -> list[tuple[bytes, bytes]]:
    """What the answer's headers say besides: when to ask again, how to sign in, what is allowed."""
    found = COMMON[language].copy()
    if (after := refusal.retry_after_s()) is not None:
        found.append((b"retry-after", b"%d" % after))
    if refusal.status == 401:
        found.append((b"www-authenticate", b'Bearer realm="yemae"'))
    if allowed := getattr(refusal, "allowed", None):
        found.append((b"allow", ", ".join(allowed).encode()))
    return found

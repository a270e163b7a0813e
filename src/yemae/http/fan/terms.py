"""약관 · The operator's terms and privacy policy, which sign-ups and payments agree to."""

from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.http.contract.operation import IF_NONE_MATCH, Answer, Operation, Shown
from yemae.http.fan.details import Html
from yemae.http.server import conditional
from yemae.http.server.call import Call
from yemae.refusals import NotFound
from yemae.terms.terms import Terms
from yemae.terms.terms_file import LegalTexts
from yemae.values import markdown
from yemae.values.instants import Instant, instant

FOR_EVER = b"public, max-age=31536000, immutable"
BODIES_KEPT_MAX = 16
VERSION_MAX_CHARS = 40

Accepted = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=VERSION_MAX_CHARS,
        description="The version of the terms that the fan agrees to: `terms` of GET /v1/settings. "
        "Required while that is not null.",
    ),
]


class LegalTextsBody(msgspec.Struct, frozen=True):
    """A text in its languages, one of which may be null."""

    ko: Html | None
    en: Html | None


class TermsBody(msgspec.Struct, frozen=True):
    """A version of the terms and the privacy policy; it never changes."""

    version: str
    published_at: Instant
    terms: LegalTextsBody
    privacy: LegalTextsBody


EXAMPLE_VERSION = "2030-01"
EXAMPLE_TERMS = {
    "version": EXAMPLE_VERSION,
    "published_at": "2026-01-01T02:00:00.000Z",
    "terms": {"ko": "<h3>이용약관</h3>\n", "en": "<h3>Terms</h3>\n"},
    "privacy": {"ko": "<h3>개인정보 처리방침</h3>\n", "en": None},
}


async def show_terms(call: Call) -> Answer:
    """A version of the operator's terms, current or earlier: what an order names can be read for
    good."""
    runtime, version = call.runtime, call.path("version")
    found = await runtime.terms.of(runtime.postgres, version)
    if found is None:
        raise NotFound
    return conditional.answer(call, f'W/"{version}"', FOR_EVER, _body(found))


@lru_cache(maxsize=BODIES_KEPT_MAX)
def _body(found: Terms) -> bytes:
    return msgspec.json.encode(
        TermsBody(
            found.version, instant(found.published_at), _texts(found.terms), _texts(found.privacy)
        )
    )


def _texts(texts: LegalTexts) -> LegalTextsBody:
    return LegalTextsBody(
        *(None if text is None else markdown.to_html(text) for text in (texts.ko, texts.en))
    )


OPERATIONS = (
    Operation(
        "show_terms",
        "GET",
        "/v1/terms/{version}",
        "users",
        "What fans agree to",
        show_terms,
        parameters=(IF_NONE_MATCH,),
        answers=(
            Shown(200, "The terms", TermsBody, EXAMPLE_TERMS, headers=("Cache-Control", "ETag")),
            Shown(304, "They are as you know them", headers=("Cache-Control", "ETag")),
        ),
    ),
)

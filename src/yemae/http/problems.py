"""Refusals as RFC 9457 problem documents, and the pages that explain them."""

import msgspec

from yemae.refusals import Refusal, all_refusals

PROBLEM_TYPE = "application/problem+json"
SLUGS = {refusal.slug: refusal for refusal in all_refusals()}

encode = msgspec.json.Encoder().encode


def document(refusal: Refusal, instance: str) -> bytes:
    """The problem document of one refusal; `instance` is the request's id."""
    return encode(
        {
            "type": f"/problems/{refusal.slug}",
            "title": refusal.title,
            "status": refusal.status,
            "detail": refusal.detail(),
            "instance": instance,
            **refusal.extra(),
        }
    )


def headers(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """What the answer's headers say besides: when to ask again, how to sign in, what is allowed."""
    found = [(b"content-type", PROBLEM_TYPE.encode()), (b"cache-control", b"no-store")]
    if (after := refusal.retry_after_s()) is not None:
        found.append((b"retry-after", b"%d" % after))
    if refusal.status == 401:
        found.append((b"www-authenticate", b'Bearer realm="yemae"'))
    if allowed := getattr(refusal, "allowed", None):
        found.append((b"allow", ", ".join(allowed).encode()))
    return found

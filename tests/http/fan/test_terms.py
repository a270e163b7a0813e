"""Consent: sign-ups and payments agree to the operator's terms, and what they agree to is kept."""

from typing import Any

from helpers.http import Site, Visitor, problem_of
from yemae.terms.terms import publish
from yemae.terms.terms_file import LegalTexts, TermsFile

WHO = {"name": "김예매", "email": "fan@example.com", "password": "correct horse"}


async def publish_terms(site: Site, version: str) -> None:
    wanted = TermsFile(version, LegalTexts(ko="# 약관 <b>"), LegalTexts(en="Privacy"))
    async with site.runtime.postgres.transaction() as tx:
        assert await publish(tx, wanted)
    await site.runtime.terms.refresh(site.runtime.postgres)


async def row(site: Site, query: str) -> Any:
    async with site.runtime.postgres.transaction() as tx:
        return (await tx.fetch(query.encode()))[0]


async def test_without_published_terms_nothing_is_asked(site: Site) -> None:
    assert (await site.get("/v1/settings")).json()["terms"] is None
    assert (await site.ask("POST", "/v1/users", json=WHO)).status_code == 201
    problem_of(await site.get("/v1/terms/1"), 404, "not-found")


async def test_a_version_can_be_read_for_good(site: Site) -> None:
    await publish_terms(site, "1")
    await publish_terms(site, "2")
    assert (await site.get("/v1/settings")).json()["terms"] == "2"
    read = await site.get("/v1/terms/1")
    assert read.headers["cache-control"] == "public, max-age=31536000, immutable"
    shown = read.json()
    assert shown["terms"] == {"ko": "<h3>약관 &lt;b&gt;</h3>\n", "en": None}
    assert shown["privacy"] == {"ko": None, "en": "<p>Privacy</p>\n"}
    again = await site.get("/v1/terms/1", headers={"If-None-Match": read.headers["etag"]})
    assert again.status_code == 304


async def test_a_sign_up_agrees_to_the_current_terms(site: Site) -> None:
    await publish_terms(site, "1")
    await publish_terms(site, "2")
    for given in ({}, {"terms": "1"}):
        refused = await site.ask("POST", "/v1/users", json=WHO | given)
        assert problem_of(refused, 409, "consent-required") == {"version": "2"}
    signed_up = await site.ask("POST", "/v1/users", json=WHO | {"terms": "2"})
    assert signed_up.status_code == 201
    assert (await row(site, "select terms from users where email is not null")).terms == "2"
    guest = await site.ask("POST", "/v1/guests")
    assert guest.status_code == 201


async def test_a_payment_agrees_to_the_current_terms_and_keeps_them(
    site: Site, inside: Visitor
) -> None:
    await publish_terms(site, "1")
    await inside.top_up(120_000)
    order_id = await inside.held("1", "2")
    before = await site.contents()
    for given in (None, "0"):
        refused = await inside.pay(order_id, terms=given)
        assert problem_of(refused, 409, "consent-required") == {"version": "1"}
    assert await site.contents() == before
    paid = await inside.pay(order_id, terms="1")
    assert (paid.status_code, paid.json()["terms"]) == (201, "1")
    kept = await row(site, "select order_id, terms from payments")
    assert (str(kept.order_id), kept.terms) == (order_id, "1")


async def test_a_payment_that_was_made_is_answered_again_whatever_is_published_since(
    site: Site, inside: Visitor
) -> None:
    await publish_terms(site, "1")
    await inside.top_up(60_000)
    order_id = await inside.held("1")
    first = await inside.pay(order_id, key="pay", terms="1")
    await publish_terms(site, "2")
    again = await inside.pay(order_id, key="pay", terms="1")
    assert (again.status_code, again.json()) == (201, first.json())


async def test_a_version_that_nothing_asks_for_is_not_kept(inside: Visitor) -> None:
    await inside.top_up(60_000)
    paid = await inside.pay(await inside.held("1"), terms="x")
    assert (paid.status_code, paid.json()["terms"]) == (201, None)

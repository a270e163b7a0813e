"""The mails of a development server: what they look like, and that no other server shows any."""

from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest

from helpers.http import Site, Visitor, open_site
from yemae.jobs.deliver_mail import deliver_mail
from yemae.settings import Settings


async def _pay(fan: Visitor, order_id: str, **body: object) -> None:
    answer = await fan.post(f"/v1/orders/{order_id}/payment", body)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("language", "said"), [("ko", "예매가 완료됐어요"), ("en", "You’re going!")]
)
async def test_a_mail_is_shown_as_it_would_look(
    site: Site, inside: Visitor, language: str, said: str
) -> None:
    await inside.top_up()
    await _pay(inside, await inside.held("1"), email="ann@example.com", language=language)
    listing = (await site.client.get("/dev/mail")).text
    assert "ann@example.com" in listing
    assert "order_paid" in listing
    path = listing.partition('href="')[2].partition('"')[0]
    shown = (await site.client.get(path)).text
    assert said in shown
    assert 'src="data:image/png;base64,' in shown
    assert "cid:" not in shown
    saved = await site.client.get(f"{path}.eml")
    assert saved.headers["content-type"] == "message/rfc822"
    message = message_from_bytes(saved.content, policy=policy.default)
    assert message["To"] == "ann@example.com"
    # Where no mail server is named, showing it is all.
    assert await deliver_mail(site.runtime) == 1
    assert await deliver_mail(site.runtime) == 0


async def test_the_language_is_the_browsers_unless_the_page_says_it(
    site: Site, inside: Visitor
) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    answer = await inside.post(
        f"/v1/orders/{order_id}/payment",
        {"email": "ann@example.com"},
        headers={"Accept-Language": "ko-KR,ko;q=0.9"},
    )
    assert answer.status_code == 201
    listing = (await site.client.get("/dev/mail")).text
    path = listing.partition('href="')[2].partition('"')[0]
    assert '<html lang="ko">' in (await site.client.get(path)).text


@pytest.mark.parametrize("email", ["", "ann", "a b@example.com", "a@b\r\nBcc: c@d", 5])
async def test_what_is_no_address_is_refused(inside: Visitor, email: object) -> None:
    await inside.top_up()
    order_id = await inside.held("1")
    answer = await inside.post(f"/v1/orders/{order_id}/payment", {"email": email})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"


async def test_no_mail_is_no_page(site: Site) -> None:
    assert (await site.client.get(f"/dev/mail/{UUID(int=1)}")).status_code == 404


async def test_a_template_with_a_mistake_is_shown(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "order_paid.en.txt").write_text("{{ nothing }}")
    async with open_site(settings.replace(mail_templates_dir=tmp_path)) as site:
        (fan,) = await site.enter("fan")
        await fan.top_up()
        await _pay(fan, await fan.held("1"), email="ann@example.com", language="en")
        listing = (await site.client.get("/dev/mail")).text
        path = listing.partition('href="')[2].partition('"')[0]
        answer = await site.client.get(path)
    assert answer.status_code == 500
    assert "order_paid.en" in answer.text


async def test_a_server_that_sends_mail_shows_none(settings: Settings) -> None:
    sending = settings.replace(smtp_url="smtps://mail.test", mail_from="tickets@example.com")
    async with open_site(sending) as site:
        assert (await site.client.get("/dev/mail")).status_code == 404

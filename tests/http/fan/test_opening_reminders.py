"""Mails before a sale opens: asked for, sent once, and taken back."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from helpers.concerts import HALL
from helpers.http import Site, open_site, problem_of
from helpers.operators import operator, patch
from helpers.time_travel import travel
from yemae.jobs.remind_of_openings import remind_of_openings
from yemae.jobs.shown_mail import latest, letter_to_show
from yemae.settings import Settings

PATH = "/v1/opening-reminders"
DAY_S, HOUR_S = 86_400, 3_600
ACCOUNT = {"email": "ann@example.com", "password": "correct horse"}

Bearer = dict[str, str]


@pytest.fixture
async def ann(site: Site) -> Bearer:
    """The bearer of an account with an address."""
    made = await site.ask("POST", "/v1/users", json={"name": "Ann", **ACCOUNT})
    return {"Authorization": f"Bearer {made.json()['access_token']}"}


async def later(site: Site) -> Bearer:
    """The bearer of another day: the one before has ended."""
    made = await site.ask("POST", "/v1/sessions", json=ACCOUNT)
    return {"Authorization": f"Bearer {made.json()['access_token']}"}


async def opens_in(site: Site, seconds: int) -> None:
    """The sale of the hall opens then."""
    at = site.runtime.now() + timedelta(seconds=seconds)
    await patch(operator(site), sale_opens_at=at.isoformat())
    await site.runtime.catalogue.refresh()


async def ask(site: Site, bearer: Bearer, status: int = 204, language: str = "en") -> None:
    """Ask for a reminder of the hall."""
    body = {"concert_id": HALL, "language": language}
    answer = await site.ask("POST", PATH, json=body, headers=bearer)
    assert answer.status_code == status, answer.text


async def test_a_reminder_is_sent_once_the_day_before(site: Site, ann: Bearer) -> None:
    await opens_in(site, 3 * DAY_S)
    await ask(site, ann)
    await ask(site, ann, language="ko")
    assert (await site.get(PATH, headers=ann)).json() == {"concert_ids": [HALL]}
    assert await remind_of_openings(site.runtime) == 0
    travel(site.runtime, 2 * DAY_S + 60)
    assert await remind_of_openings(site.runtime) == 1
    assert await remind_of_openings(site.runtime) == 0
    ann = await later(site)
    assert (await site.get(PATH, headers=ann)).json() == {"concert_ids": []}
    # Also where the opening is moved. The language is the one that was asked for last.
    await ask(site, ann, 422)
    await opens_in(site, 2 * DAY_S)
    travel(site.runtime, DAY_S + 60)
    assert await remind_of_openings(site.runtime) == 0
    (message,) = await latest(site.runtime)
    assert (message.kind, message.email, message.language) == (
        "opening_soon",
        "ann@example.com",
        "ko",
    )


async def test_the_letter_says_what_opens_when(site: Site, ann: Bearer) -> None:
    await opens_in(site, 2 * DAY_S)
    for language, said in (("en", "opens soon"), ("ko", "예매가 곧 시작돼요")):
        await ask(site, ann, language=language)
        travel(site.runtime, DAY_S + 60)
        await remind_of_openings(site.runtime)
        (message,) = await latest(site.runtime)
        letter = await letter_to_show(site.runtime, message.id)
        assert letter is not None
        title = site.runtime.catalogue.queues[HALL].title
        assert letter.subject.endswith(said)
        assert title in letter.text
        assert f"/concerts/{HALL}" in letter.html
        async with site.runtime.postgres.transaction() as tx:
            await tx.execute(b"delete from messages")
            await tx.execute(b"update opening_reminders set written_at = null")
        travel(site.runtime, -DAY_S - 60)


async def test_one_of_the_last_day_is_sent_an_hour_before(site: Site, ann: Bearer) -> None:
    await opens_in(site, 12 * HOUR_S)
    await ask(site, ann)
    assert await remind_of_openings(site.runtime) == 0
    travel(site.runtime, 11 * HOUR_S + 60)
    assert await remind_of_openings(site.runtime) == 1


async def test_it_is_taken_back_and_goes_with_the_account(site: Site, ann: Bearer) -> None:
    await opens_in(site, 2 * DAY_S)
    await ask(site, ann)
    for _ in range(2):
        gone = await site.ask("DELETE", f"{PATH}/{HALL}", headers=ann)
        assert gone.status_code == 204
    await ask(site, ann)
    body = {"password": "correct horse"}
    deleted = await site.ask("POST", "/v1/me/deletion", json=body, headers=ann)
    assert deleted.status_code == 204, deleted.text
    travel(site.runtime, DAY_S + 60)
    assert await remind_of_openings(site.runtime) == 0


async def test_what_cannot_be_reminded_of_is_refused(
    site: Site, ann: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def field_of(problem: dict[str, object]) -> object:
        errors = problem["errors"]
        assert isinstance(errors, list)
        return errors[0]["field"]

    async def asked(bearer: Bearer, concert: str = HALL) -> object:
        answer = await site.ask("POST", PATH, json={"concert_id": concert}, headers=bearer)
        return field_of(problem_of(answer, 422, "invalid-request"))

    assert await asked(ann) == "concert_id"
    await opens_in(site, 2 * DAY_S)
    nowhere = await site.ask("POST", PATH, json={"concert_id": "nowhere"}, headers=ann)
    problem_of(nowhere, 404, "concert-not-found")
    assert await asked(site.visitor("guest").tokens) == "email"
    monkeypatch.setattr("yemae.sale.opening_reminders.WAITING_MAX", 0)
    assert await asked(ann) == "concert_id"


@pytest.fixture
async def silent(settings: Settings) -> AsyncIterator[Site]:
    """A server that sends no mail."""
    async with open_site(settings, mode="production") as opened:
        yield opened


async def test_without_mail_there_are_no_reminders(silent: Site) -> None:
    fan = silent.visitor("fan")
    problem_of(await fan.post(PATH, {"concert_id": HALL}), 404, "not-found")
    assert await remind_of_openings(silent.runtime) == 0

"""Signing out everywhere: on every node, for every token from before, and for none from after."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from helpers.http import Site, open_site, problem_of, until
from helpers.time_travel import travel
from yemae.accounts.sign_outs import KEPT_S
from yemae.jobs import sweep
from yemae.settings import Settings

WHO = {"name": "김예매", "email": "fan@example.com", "password": "correct horse"}
SESSION = {name: WHO[name] for name in ("email", "password")}


@pytest.fixture
async def elsewhere(settings: Settings, site: Site) -> AsyncIterator[Site]:
    """Another node on the same stores."""
    assert site.runtime.settings.stores.database_url == settings.stores.database_url
    async with open_site(settings) as opened:
        yield opened


def foreign(site: Site, **claims: object) -> dict[str, str]:
    """What a login of the operator's own may sign."""
    token = jwt.encode(
        {"sub": "auth0|1", **claims}, site.runtime.settings.stores.secret_key, "HS256"
    )
    return {"Authorization": f"Bearer {token}"}


async def status(site: Site, headers: dict[str, str]) -> int:
    return (await site.get("/v1/me", headers=headers)).status_code


async def signed_in(site: Site) -> dict[str, str]:
    answer = await site.ask("POST", "/v1/sessions", json=SESSION)
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_every_token_from_before_is_refused_on_every_node(
    site: Site, elsewhere: Site
) -> None:
    await site.ask("POST", "/v1/users", json=WHO)
    sessions = [await signed_in(site), await signed_in(elsewhere)]
    other = site.visitor("other").tokens
    answer = await site.ask("DELETE", "/v1/sessions", headers=sessions[0])
    assert answer.status_code == 204
    for session in sessions:
        problem_of(await site.get("/v1/me", headers=session), 401, "unauthenticated")

    async def ended_elsewhere() -> bool:
        return {await status(elsewhere, session) for session in sessions} == {401}

    await until(ended_elsewhere, deadline_s=30)
    # A user who signs in again is in at once, on every node, and no other user is out.
    for node in (site, elsewhere):
        again = await signed_in(node)
        assert [await status(there, again) for there in (site, elsewhere)] == [200, 200]
    assert await status(elsewhere, other) == 200


async def test_a_node_that_starts_later_knows_of_it(settings: Settings, site: Site) -> None:
    fan = site.visitor("fan").tokens
    await site.ask("DELETE", "/v1/sessions", headers=fan)
    async with open_site(settings) as later:
        assert await status(later, fan) == 401


async def test_a_user_who_signs_in_at_once_is_in_although_clocks_differ(site: Site) -> None:
    """The clock of the node is an hour behind that of the database."""
    await site.ask("POST", "/v1/users", json=WHO)
    fan = await signed_in(site)
    await site.ask("DELETE", "/v1/sessions", headers=fan)
    site.runtime.issuer.signer.clock_offset_s -= 3_600
    assert await status(site, await signed_in(site)) == 200
    assert await status(site, fan) == 401


async def test_a_guest_s_key_ends_with_it(site: Site) -> None:
    guest = (await site.ask("POST", "/v1/guests")).json()
    headers = {"Authorization": f"Bearer {guest['access_token']}"}
    assert (await site.ask("DELETE", "/v1/sessions", headers=headers)).status_code == 204
    answer = await site.ask("POST", "/v1/guests/sessions", json={"guest_key": guest["guest_key"]})
    problem_of(answer, 401, "guest-key-invalid")


async def test_tokens_of_another_login_end_too_whatever_they_say_of_their_time(
    site: Site,
) -> None:
    now = int(time.time())
    before = [
        foreign(site, exp=now + 600, iat=now),
        foreign(site, exp=now + 600, iat=now + 5.25),
        foreign(site, exp=now + 500),
    ]
    for token in before:
        assert await status(site, token) == 200
    await site.ask("DELETE", "/v1/sessions", headers=before[1])
    assert [await status(site, token) for token in before[:2]] == [401, 401]
    # A token without its time of issue is recognized by its expiry.
    await site.ask("DELETE", "/v1/sessions", headers=before[2])
    assert [await status(site, token) for token in before] == [401, 401, 401]
    assert await status(site, foreign(site, exp=now + 501)) == 200


async def test_signing_out_needs_a_token(site: Site) -> None:
    problem_of(await site.ask("DELETE", "/v1/sessions"), 401, "unauthenticated")


async def test_sign_outs_are_dropped_when_every_token_from_before_has_ended(site: Site) -> None:
    fan = site.visitor("fan").tokens
    await site.ask("DELETE", "/v1/sessions", headers=fan)
    await sweep_at(site, 0)
    assert await written(site) == 1
    travel(site.runtime, KEPT_S + 60)
    await sweep_at(site, KEPT_S + 60)
    assert await written(site) == 0


async def sweep_at(site: Site, later_s: float) -> None:
    minute = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(seconds=later_s)
    assert await sweep.sweep(site.runtime, minute)


async def written(site: Site) -> int:
    async with site.runtime.postgres.transaction() as tx:
        return int((await tx.fetch(b"select count(*) as n from sign_outs"))[0].n)

"""Wrong passwords: counted for the network that they come from, and the owner gets in."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from helpers.http import Site, open_site
from helpers.networks import UNREACHABLE, seen_from
from yemae.settings import Settings

OWNER, STRANGER = "198.51.100.20", "203.0.113.7"
WHO = {"name": "김예매", "email": "fan@example.com", "password": "correct horse"}
RIGHT = {name: WHO[name] for name in ("email", "password")}


async def tries(site: Site, address: str, *sessions: dict[str, str]) -> list[int]:
    async with seen_from(site, address) as there:
        return [
            (await there.ask("POST", "/v1/sessions", json=session)).status_code
            for session in sessions
        ]


@pytest.fixture(params=["valkey", "valkey-away"])
async def site(settings: Settings, request: pytest.FixtureRequest) -> AsyncIterator[Site]:
    """A site with one account; with Valkey, and without it."""
    changes = {} if request.param == "valkey" else {"valkey_url": UNREACHABLE}
    async with open_site(settings, **changes) as opened:
        await opened.ask("POST", "/v1/users", json=WHO)
        yield opened


async def test_a_stranger_does_not_lock_the_owner_out(site: Site) -> None:
    wrong = [RIGHT | {"password": f"guess {n}"} for n in range(13)]
    assert await tries(site, STRANGER, *wrong) == [401] * 10 + [429] * 3
    assert await tries(site, STRANGER, RIGHT) == [429]
    assert await tries(site, OWNER, RIGHT) == [201]


async def test_one_password_over_many_addresses_meets_a_limit(site: Site) -> None:
    sprayed = [{"email": f"fan-{n}@example.com", "password": "Summer2026!"} for n in range(40)]
    assert await tries(site, STRANGER, *sprayed) == [401] * 30 + [429] * 10
    assert await tries(site, OWNER, RIGHT) == [201]


async def test_signing_in_to_one_s_own_account_takes_no_guess_at_others_back(site: Site) -> None:
    assert await tries(site, STRANGER, RIGHT) == [201]
    sprayed = [{"email": f"fan-{n}@example.com", "password": "Summer2026!"} for n in range(35)]
    found = await tries(site, STRANGER, *(one for guess in sprayed for one in (guess, RIGHT)))
    assert found[::2] == [401] * 30 + [429] * 5


async def test_an_owner_behind_the_same_address_as_a_sprayer_gets_in(site: Site) -> None:
    assert await tries(site, STRANGER, RIGHT) == [201]
    sprayed = [{"email": f"fan-{n}@example.com", "password": "x"} for n in range(31)]
    assert (await tries(site, STRANGER, *sprayed))[-1] == 429
    assert await tries(site, STRANGER, RIGHT) == [201]


async def test_guesses_from_many_networks_meet_a_limit_and_the_owner_s_is_not_punished(
    site: Site,
) -> None:
    assert await tries(site, OWNER, RIGHT) == [201]
    found: Counter[int] = Counter()
    for network in range(22):
        wrong = [RIGHT | {"password": f"guess {n}"} for n in range(5)]
        found.update(await tries(site, f"203.0.113.{network}", *wrong))
    assert found == {401: 100, 429: 10}
    assert await tries(site, "192.0.2.1", RIGHT) == [429]
    assert await tries(site, OWNER, RIGHT) == [201]
    # Who has the owner's network has the owner's few tries, and no more.
    wrong = [RIGHT | {"password": f"guess {n}"} for n in range(11)]
    assert await tries(site, OWNER, *wrong) == [401] * 10 + [429]


async def test_many_who_sign_in_at_once_from_one_address_are_no_guesses(site: Site) -> None:
    fans = [RIGHT | {"email": f"fan-{n}@example.com"} for n in range(40)]
    async with seen_from(site, STRANGER) as there:
        for fan in fans:
            await there.ask("POST", "/v1/users", json={"name": "fan", **fan})
        answers = await asyncio.gather(
            *(there.ask("POST", "/v1/sessions", json=fan) for fan in fans)
        )
    assert {answer.status_code for answer in answers} == {201}


async def test_guesses_at_the_same_moment_count_like_any_others(site: Site) -> None:
    async with seen_from(site, STRANGER) as there:
        answers = await asyncio.gather(
            *(
                there.ask(
                    "POST", "/v1/sessions", json={"email": f"{n}@example.com", "password": "x"}
                )
                for n in range(60)
            )
        )
    assert Counter(answer.status_code for answer in answers) == {401: 30, 429: 30}

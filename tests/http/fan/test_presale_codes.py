"""Presale codes: guessing them has a price and an end, and what is kept of them says nothing."""

import hashlib
from typing import Any

import httpx
import msgspec
import psycopg
import pytest

from helpers.concerts import HALL
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.networks import seen_from
from helpers.proofs import guarded, solve
from helpers.time_travel import to_a_new_minute, travel
from yemae.concerts.files.concert_file import FileConcert
from yemae.concerts.lanes import LaneSettings
from yemae.concerts.presale_codes import PresaleCodes, seal_all
from yemae.settings import Settings

JOIN = f"/v1/concerts/{HALL}/queue-tokens"
CODE, OTHER_CODE = "FAN-2026", "FAN-2027"
THIEF, FAN = "203.0.113.7", "198.51.100.20"
CHEAP = {"challenge_counter_max": 20}


@pytest.fixture(autouse=True)
def few_wrong_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three wrong codes in a minute are the limit."""
    monkeypatch.setattr("yemae.sale.join.WRONG_CODES_MAX", 3)


def presale(**queue: Any) -> FileConcert:
    """A hall with a lane for two codes."""
    hall = guarded(**queue)
    lanes = (LaneSettings(name="fanclub", share=30, codes=(CODE, OTHER_CODE)),)
    return msgspec.structs.replace(hall, queue=msgspec.structs.replace(hall.queue, lanes=lanes))


async def join(fan: Visitor, code: str | None, **more: object) -> httpx.Response:
    return await fan.post(JOIN, {"presale_code": code, **more})


@pytest.mark.parametrize("has_place", [False, True])
async def test_wrong_codes_are_counted_for_their_network_and_then_no_code_is_taken(
    settings: Settings, *, has_place: bool
) -> None:
    async with open_site(settings, presale()) as site:
        to_a_new_minute(site.runtime)
        async with seen_from(site, THIEF) as there, seen_from(site, FAN) as here:
            fans = [there.visitor(f"thief-{n}") for n in range(5)]
            if has_place:
                for fan in fans:
                    await fan.join()
            for fan in fans[:3]:
                problem_of(await join(fan, "GUESS"), 403, "presale-code-invalid")
            for code in ("GUESS", CODE):
                refused = await join(fans[3], code)
                problem_of(refused, 429, "rate-limited")
                assert 1 <= int(refused.headers["retry-after"]) <= 60
            # Without a code one joins as ever, and elsewhere codes are taken.
            assert (await fans[4].join()).status_code in (200, 201)
            assert (await join(here.visitor("fan"), CODE)).json()["lane"] == "fanclub"
        travel(site.runtime, 60)
        async with seen_from(site, THIEF) as there:
            assert (await join(there.visitor("thief-3"), CODE)).json()["lane"] == "fanclub"


async def test_a_guess_by_an_admitted_fan_is_counted_too(settings: Settings) -> None:
    async with open_site(settings, presale()) as site:
        to_a_new_minute(site.runtime)
        (fan,) = await site.enter("fan")
        answers = [await join(fan, "GUESS") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
        assert (await fan.join()).json()["state"] == "admitted"


async def test_a_wrong_code_gives_no_place(settings: Settings) -> None:
    async with open_site(settings, presale()) as site:
        problem_of(await join(site.visitor("fan"), "GUESS"), 403, "presale-code-invalid")
        assert (await site.get(f"/v1/concerts/{HALL}/queue")).json()["waiting"] == 0


async def test_a_guess_takes_a_proof_of_work_of_its_own_and_a_join_of_the_address(
    settings: Settings,
) -> None:
    hall = presale(proof_of_work=True, joins_per_address_per_minute=2)
    async with open_site(settings, hall, **CHEAP) as site:
        to_a_new_minute(site.runtime)
        fan = site.visitor("fan")
        problem_of(await join(fan, "GUESS"), 403, "proof-of-work-required")
        proof = await solved(site)
        problem_of(await join(fan, "GUESS", altcha=proof), 403, "presale-code-invalid")
        problem_of(await join(fan, CODE, altcha=proof), 403, "proof-of-work-invalid")
        problem_of(await join(fan, CODE, altcha=await solved(site)), 429, "rate-limited")


async def solved(site: Site) -> str:
    return solve((await site.get(f"/v1/concerts/{HALL}/challenge")).json())


async def test_what_is_kept_of_a_code_is_found_with_the_server_s_key_only(
    settings: Settings,
) -> None:
    async with open_site(settings, presale()) as site:
        (lane,) = site.runtime.catalogue.concert(HALL).lanes
        digest = hashlib.sha256(CODE.encode()).hexdigest()
        assert len(lane.code_hashes) == 2
        assert not any(digest in kept for kept in lane.code_hashes)
        assert site.runtime.presale_codes.seal(HALL, CODE) in lane.code_hashes
        assert PresaleCodes("x" * 40).seal(HALL, CODE) not in lane.code_hashes
        assert site.runtime.presale_codes.seal("other", CODE) not in lane.code_hashes
        # What is kept is no code itself.
        for kept in (*lane.code_hashes, digest):
            answer = await join(site.visitor("fan"), kept[:64])
            problem_of(answer, 403, "presale-code-invalid")


async def test_codes_that_an_earlier_version_kept_work_before_and_after_they_are_sealed(
    settings: Settings,
) -> None:
    async with open_site(settings, presale()) as site:
        bare = [hashlib.sha256(code.encode()).hexdigest() for code in (CODE, OTHER_CODE)]
        lanes = [{"name": "fanclub", "share": 30, "code_hashes": bare, "group": None}]
        with psycopg.connect(settings.stores.database_url) as connection:
            connection.execute(
                "update concerts set lanes = %s::jsonb, revision = default",
                (msgspec.json.encode(lanes).decode(),),
            )
        await site.runtime.catalogue.refresh()
        assert (await join(site.visitor("before"), CODE)).json()["lane"] == "fanclub"
        assert await seal_all(settings) == 1
        await site.runtime.catalogue.refresh()
        (lane,) = site.runtime.catalogue.concert(HALL).lanes
        assert lane.code_hashes == {
            site.runtime.presale_codes.seal(HALL, code) for code in (CODE, OTHER_CODE)
        }
        assert (await join(site.visitor("after"), OTHER_CODE)).json()["lane"] == "fanclub"
        assert await seal_all(settings) == 0

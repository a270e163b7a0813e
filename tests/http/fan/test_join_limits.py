"""How often one user and one address may join."""

from collections.abc import AsyncIterator

import pytest
import structlog
from structlog.testing import capture_logs

from helpers.concerts import HALL
from helpers.http import Site, open_site, problem_of
from helpers.networks import seen_from
from helpers.proofs import guarded
from helpers.time_travel import to_a_new_minute, travel
from yemae.base import rate_limit
from yemae.base.rate_limit import UNREADABLE, network
from yemae.sale import batches
from yemae.settings import Settings

JOIN = f"/v1/concerts/{HALL}/queue-tokens"
FAN = "203.0.113.7"
PROXY = "127.0.0.1"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    """A hall where two fans may join from one address in a minute."""
    async with open_site(settings, guarded(joins_per_address_per_minute=2)) as opened:
        to_a_new_minute(opened.runtime)
        yield opened


async def join(site: Site, user_id: str, address: str, forwarded: str | None = None) -> int:
    """The status of one join; 429 must say when to come back."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    async with seen_from(site, address) as there:
        answer = await there.visitor(user_id).post(JOIN, headers=headers)
    if answer.status_code == 429:
        assert problem_of(answer, 429, "rate-limited") == {}
        assert 1 <= int(answer.headers["retry-after"]) <= 75
    return answer.status_code


async def test_an_address_has_a_limited_number_of_new_places_a_minute_and_another_has_its_own(
    site: Site,
) -> None:
    assert [await join(site, f"fan-{n}", FAN) for n in range(4)] == [201, 201, 429, 429]
    assert await join(site, "elsewhere", "203.0.113.8") == 201
    travel(site.runtime, 60)
    assert [await join(site, f"fan-{n}", FAN) for n in range(2, 4)] == [201, 201]


async def test_an_existing_place_is_answered_even_when_the_address_is_at_its_limit(
    site: Site,
) -> None:
    assert [await join(site, f"fan-{n}", FAN) for n in range(3)] == [201, 201, 429]
    assert [await join(site, "fan-0", FAN) for _ in range(5)] == [200] * 5


async def test_a_proxy_on_this_machine_is_believed(site: Site) -> None:
    statuses = [await join(site, f"fan-{n}", PROXY, FAN) for n in range(3)]
    assert statuses == [201, 201, 429]
    assert await join(site, "elsewhere", PROXY, "203.0.113.8") == 201


async def test_an_untrusted_proxy_is_not_believed(site: Site) -> None:
    """Or everybody could have a new address for each join."""
    statuses = [await join(site, f"fan-{n}", FAN, f"198.51.100.{n}") for n in range(3)]
    assert statuses == [201, 201, 429]


async def test_what_a_fan_writes_before_the_proxy_s_word_is_not_believed(site: Site) -> None:
    statuses = [await join(site, f"fan-{n}", PROXY, f"198.51.100.{n}, {FAN}") for n in range(3)]
    assert statuses == [201, 201, 429]


async def test_the_proxies_that_are_believed_can_be_named(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.0/8")
    statuses = [await join(site, f"fan-{n}", "10.1.2.3", FAN) for n in range(3)]
    assert statuses == [201, 201, 429]
    assert await join(site, "elsewhere", "10.1.2.3", "203.0.113.8") == 201
    statuses = [await join(site, f"else-{n}", PROXY, f"198.51.100.{n}") for n in range(3)]
    assert statuses == [201, 201, 429]


async def test_one_ipv6_network_counts_as_one_address(site: Site) -> None:
    hosts = [f"2001:db8:1:2:{n:x}::{n}" for n in range(3)]
    assert [await join(site, host, host) for host in hosts] == [201, 201, 429]
    assert await join(site, "elsewhere", "2001:db8:1:3::1") == 201


async def test_all_that_is_no_address_is_counted_as_one(site: Site) -> None:
    """A hash of counts must not keep whatever a proxy lets through, and no limit be off for it."""
    forwarded = ["unknown", "@", "x" * 10_000, "[::x", "_hidden", "a b", "203.0.113.7, unknown"]
    statuses = [await join(site, f"fan-{n}", PROXY, text) for n, text in enumerate(forwarded)]
    assert statuses == [201, 201] + [429] * 5
    assert await join(site, "another", PROXY, "203.0.113.7") == 201


def test_that_an_address_cannot_be_read_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    structlog.reset_defaults()
    monkeypatch.setattr(rate_limit, "log", structlog.get_logger())
    rate_limit._say_once.cache_clear()
    with capture_logs() as lines:
        assert [network(text) for text in ("unknown", "_hidden")] == [UNREADABLE] * 2
    (line,) = lines
    assert "X-Forwarded-For" in line["event"]


@pytest.mark.parametrize(
    "others",
    [
        ('"203.0.113.7"', "203.0.113.7:4711"),
        ("[2001:db8::1]", "[2001:db8::2]:4711", '"[2001:db8::3]:4711"', "2001:db8::4"),
    ],
)
async def test_an_address_counts_as_itself_however_a_proxy_writes_it(
    site: Site, others: tuple[str, ...]
) -> None:
    for number, text in enumerate((others * 2)[:3]):
        expected = 201 if number < 2 else 429
        assert await join(site, f"fan-{number}", PROXY, text) == expected


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:DB8:1:2::", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("", UNREADABLE),
        ("localhost", UNREADABLE),
        ("203.0.113.7:80", "203.0.113.7"),
        ("203.0.113.007", UNREADABLE),
        ("203.0.113.7:80:80", UNREADABLE),
        ('"[2001:db8:1:2::9]:443"', "2001:db8:1:2::"),
        (' "203.0.113.7" ', "203.0.113.7"),
    ],
)
def test_whom_an_address_is_counted_as(address: str, counted_as: str) -> None:
    assert network(address) == counted_as


async def test_a_user_may_join_so_often_a_minute(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "JOINS_PER_USER_PER_MINUTE", 3)
    async with open_site(settings) as site:
        fan, other = site.visitor("fan"), site.visitor("other")
        assert [(await fan.post(JOIN)).status_code for _ in range(3)] == [201, 200, 200]
        refused = await fan.post(JOIN)
        assert problem_of(refused, 429, "rate-limited") == {}
        assert 1 <= int(refused.headers["retry-after"]) <= 75
        assert (await other.post(JOIN)).status_code == 201

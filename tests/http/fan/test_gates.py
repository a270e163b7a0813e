"""The gates: who may pass, and that a gate that refuses answers before anything else happens."""

from typing import Any

import pytest

from helpers.concerts import FIRST, HALL, concert
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.time_travel import travel
from yemae.settings import Settings

OTHER_HALL = "other-hall"
NOWHERE = "01990000-0000-7000-8000-000000000000"
ORDER = {"performance_id": FIRST, "seats": ["1"]}
BEST = {"performance_id": FIRST, "best_available": {"grade": "R", "count": 2}}
Attempt = tuple[str, str, dict[str, Any]]  # method, path, what httpx takes
# Every call behind the entry gate, with valid values ...
GATED: list[Attempt] = [
    ("GET", f"/v1/concerts/{HALL}/performances", {}),
    ("GET", f"/v1/performances/{FIRST}/seats", {}),
    ("GET", f"/v1/performances/{FIRST}/availability", {}),
    ("GET", f"/v1/performances/{FIRST}/availability/stream", {}),
    ("POST", "/v1/orders", {"json": ORDER}),
    ("POST", "/v1/orders", {"json": BEST}),
    ("POST", f"/v1/orders/{NOWHERE}/payment", {}),
]
# ... and with every value wrong at once.
GATED_AND_WRONG: list[Attempt] = [
    ("GET", "/v1/concerts/nowhere/performances", {}),
    ("GET", "/v1/performances/nowhere/seats", {}),
    ("GET", "/v1/performances/nowhere/availability", {}),
    ("GET", "/v1/performances/nowhere/availability/stream?since=x", {}),
    ("POST", "/v1/orders", {"json": {"performance_id": "nowhere", "seats": ["1"]}}),
    ("POST", "/v1/orders", {"json": {"seats": [], "more": 1}}),
    ("POST", "/v1/orders", {"content": b"{"}),
    ("POST", "/v1/orders", {"content": b"x" * 70_000}),
    ("POST", "/v1/orders", {}),
    ("POST", "/v1/orders/nonsense/payment", {}),
]
SIGNED_IN: list[Attempt] = [
    *GATED,
    *GATED_AND_WRONG,
    ("GET", "/v1/me", {}),
    ("GET", "/v1/orders?limit=0", {}),
    ("GET", "/v1/orders/nonsense", {}),
    ("DELETE", "/v1/orders/nonsense", {}),
    ("GET", "/v1/wallet", {}),
    ("GET", "/v1/wallet/transfers?cursor=0", {}),
    ("POST", "/v1/wallet/top-ups", {"content": b"{"}),
    ("POST", "/v1/concerts/nowhere/queue-tokens", {}),
]


async def refused_everywhere(
    site: Site,
    headers: dict[str, str],
    status: int,
    slug: str,
    calls: list[Attempt],
) -> None:
    """Every call is refused alike, and nothing has changed."""
    before = await site.contents()
    for method, path, given in calls:
        answer = await site.ask(method, path, headers=headers, **given)
        assert problem_of(answer, status, slug) == {}, path
    assert await site.contents() == before


def with_entry(fan: Visitor, token: str) -> dict[str, str]:
    return {"Authorization": fan.tokens["Authorization"], "Entry-Token": token}


async def test_without_an_access_token_nothing_else_is_looked_at(
    site: Site, inside: Visitor
) -> None:
    for authorization in ("", "Bearer x", f"Bearer {inside.tokens['Queue-Token']}"):
        headers = inside.tokens | {"Authorization": authorization}
        await refused_everywhere(site, headers, 401, "unauthenticated", SIGNED_IN)


async def test_without_an_entry_token_nothing_else_is_looked_at(
    site: Site, inside: Visitor
) -> None:
    headers = {name: inside.tokens[name] for name in ("Authorization", "Queue-Token")}
    calls = GATED + GATED_AND_WRONG
    await refused_everywhere(site, headers, 403, "entry-token-missing", calls)
    await refused_everywhere(site, with_entry(inside, ""), 403, "entry-token-missing", calls)


async def test_another_kind_of_token_is_no_pass(site: Site, inside: Visitor) -> None:
    access = inside.tokens["Authorization"].removeprefix("Bearer ")
    calls = GATED + GATED_AND_WRONG
    for token in (access, inside.tokens["Queue-Token"], "nonsense", "a.b.c", "x" * 5_000):
        headers = with_entry(inside, token)
        await refused_everywhere(site, headers, 403, "entry-token-invalid", calls)


async def test_another_fan_s_pass_is_no_pass(site: Site) -> None:
    mine, theirs = await site.enter("fan", "other")
    headers = with_entry(mine, theirs.tokens["Entry-Token"])
    calls = GATED + GATED_AND_WRONG
    await refused_everywhere(site, headers, 403, "entry-token-mismatch", calls)


async def test_another_concert_s_pass_is_no_pass(settings: Settings) -> None:
    async with open_site(settings, concert(), concert(concert_id=OTHER_HALL)) as site:
        (fan,) = await site.enter("fan")
        await fan.top_up()
        order_id = await fan.held("1")
        (there,) = await site.enter("fan", concert_id=OTHER_HALL)
        calls = [*GATED[:-1], ("POST", f"/v1/orders/{order_id}/payment", {})]
        await refused_everywhere(site, there.tokens, 403, "entry-token-mismatch", calls)
        assert (await fan.pay(order_id)).status_code == 201


@pytest.mark.parametrize("how", ["its time is over", "its place was given up"])
async def test_an_ended_pass_is_refused_before_anything_else_is_looked_at(
    site: Site, inside: Visitor, how: str
) -> None:
    if how == "its time is over":
        travel(site.runtime, 601)
    else:
        await inside.ask("DELETE", "/v1/queue-tokens/me")
    # Another concert's date is a mismatch even for an ended pass.
    calls = GATED + [call for call in GATED_AND_WRONG if call[1] != GATED_AND_WRONG[0][1]]
    await refused_everywhere(site, inside.tokens, 403, "entry-token-expired", calls)


async def test_a_pass_that_is_open_until_a_moment_is_closed_at_it(
    site: Site, inside: Visitor
) -> None:
    travel(site.runtime, 595)
    assert (await inside.get(GATED[0][1])).status_code == 200
    travel(site.runtime, 5)
    problem_of(await inside.get(GATED[0][1]), 403, "entry-token-expired")


async def test_a_waiting_fan_has_no_pass_to_show(site: Site, visitor: Visitor) -> None:
    await visitor.join()
    await refused_everywhere(site, visitor.tokens, 403, "entry-token-missing", GATED)


async def test_an_old_pass_does_not_open_for_a_fan_who_joined_again(site: Site) -> None:
    (fan,) = await site.enter("fan")
    old = fan.tokens["Entry-Token"]
    await fan.ask("DELETE", "/v1/queue-tokens/me")
    (again,) = await site.enter("fan")
    assert (await again.get(GATED[0][1])).status_code == 200
    await refused_everywhere(site, with_entry(again, old), 403, "entry-token-expired", GATED)

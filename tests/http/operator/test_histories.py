"""The history of a sale and of the server, as operators read it."""

import threading
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from helpers.bank import Bank
from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, open_site, problem_of, until
from helpers.operators import having
from yemae.base import metrics, tallies
from yemae.history import history
from yemae.history.history import SECOND, HistoryPoint, HistoryRow, HistoryText
from yemae.http.operations import OPERATIONS
from yemae.http.operator import histories
from yemae.jobs.keep_history import HistoryKeeper
from yemae.jobs.send_tallies import send_tallies
from yemae.sale import figures
from yemae.sale.figures import TIMED_CALLS
from yemae.settings import Settings

HISTORY = f"/v1/admin/concerts/{HALL}/history"
REFUSALS = "/v1/admin/refusals/history"
LATENCIES = "/v1/admin/latencies/history"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    """Tests share a process, and so what it counts."""
    metrics.add_up()
    tallies.take()


@pytest.fixture
async def site_with_bank(settings: Settings) -> AsyncIterator[tuple[Site, Bank]]:
    """A site that takes cards, and its bank."""
    opened = Bank()
    try:
        async with (
            open_site(settings, port=opened.port) as site,
            opened.serve(site.runtime) as bank,
        ):
            yield site, bank
    finally:
        opened.close()


async def refused(site: Site, expected: dict[str, dict[str, int]]) -> None:
    """Wait until the refusals of the hall are these: a job of the site sends them, too."""

    async def is_there() -> bool:
        await send_tallies(site.runtime)
        found = await figures.of_queue(site.runtime, site.runtime.catalogue.queue(HALL))
        return found.refusals == expected

    await until(is_there, 30.0)


async def test_the_history_is_read_from_a_moment_on(site: Site, op: Visitor) -> None:
    await HistoryKeeper().keep_history(site.runtime)
    page = (await op.get(HISTORY)).json()
    (point,) = page["points"]
    assert point["figures"]["active_limit"] == 100
    assert (page["resolution"], page["next_since"]) == ("1s", None)
    assert (await op.get(f"{HISTORY}?resolution=1m")).json()["points"][0]["figures"]["joined"] == 0
    assert (await op.get(f"{HISTORY}?since=2035-01-01T00:00:00Z")).json()["points"] == []
    problem_of(await op.get(f"{HISTORY}?resolution=1h"), 422, "invalid-request")
    problem_of(await op.get(f"{HISTORY}?since=now"), 422, "invalid-request")
    problem_of(await op.get("/v1/admin/concerts/nowhere/history"), 404, "concert-not-found")
    refused = (await op.get(REFUSALS)).json()
    assert [each["types"] for each in refused["points"]] == [{}]


async def test_a_long_history_comes_in_pages(
    site: Site, op: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "POINTS_MAX", 0)
    await HistoryKeeper().keep_history(site.runtime)
    for path in (HISTORY, REFUSALS, LATENCIES):
        page = (await op.get(path)).json()
        assert (page["points"], page["next_since"] is None) == ([], False)


async def test_latencies_are_read_beside_the_event_loop(
    site: Site, op: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts of an hour are megabytes of JSON."""
    await HistoryKeeper().keep_history(site.runtime)
    threads: list[int] = []
    point = HistoryText.point

    def noted(row: HistoryText) -> HistoryPoint:
        threads.append(threading.get_ident())
        return point(row)

    monkeypatch.setattr(HistoryText, "point", noted)
    points = (await op.get(LATENCIES)).json()["points"]
    assert len(points) == len(threads) > 0
    assert threading.get_ident() not in threads


async def test_refusals_count_with_the_concert_by_step_and_type(site: Site) -> None:
    fan, other = await site.enter("fan", "other")
    order = await fan.held("1")
    # By the path.
    outsider = site.visitor("outsider")
    dates, seats = f"/v1/concerts/{HALL}/performances", f"/v1/performances/{FIRST}/seats"
    problem_of(await outsider.get(dates), 403, "entry-token-missing")
    problem_of(await outsider.get(seats), 403, "entry-token-missing")
    problem_of(await site.get(seats), 401, "unauthenticated")
    problem_of(await site.ask("POST", f"/v1/concerts/{HALL}/queue-tokens"), 401, "unauthenticated")
    # By the pass.
    problem_of(await other.hold("1"), 409, "seat-taken")
    problem_of(await other.hold("1", "1"), 422, "invalid-request")
    problem_of(await fan.pay(order), 402, "insufficient-balance")
    # By the place.
    await fan.ask("DELETE", "/v1/queue-tokens/me")
    problem_of(await fan.get("/v1/queue-tokens/me"), 410, "queue-token-expired")
    # These name no concert that is there, or are no step of a fan.
    problem_of(await fan.get("/v1/concerts/nowhere/performances"), 403, "entry-token-mismatch")
    problem_of(await other.get("/v1/performances/nowhere/seats"), 404, "performance-not-found")
    problem_of(await site.get("/v1/queue-tokens/me"), 401, "queue-token-invalid")
    problem_of(await outsider.hold("1"), 403, "entry-token-missing")
    problem_of(await outsider.get(HISTORY), 403, "operator-required")
    await refused(
        site,
        {
            "join": {"unauthenticated": 1, "queue-token-expired": 1},
            "seats": {"entry-token-missing": 2, "unauthenticated": 1},
            "hold": {"seat-taken": 1, "invalid-request": 1},
            "pay": {"insufficient-balance": 1},
        },
    )


async def test_a_card_that_is_declined_counts_with_the_concert_of_its_order(
    site_with_bank: tuple[Site, Bank],
) -> None:
    site, bank = site_with_bank
    (fan,) = await site.enter("fan")
    order = await fan.held("1")
    begun = (await fan.post(f"/v1/orders/{order}/checkouts", {"method": "card"})).json()
    await bank.choose(begun["id"], "decline", "limit_exceeded")
    declined = await fan.post(f"/v1/checkouts/{begun['id']}/confirm")
    assert problem_of(declined, 402, "payment-declined") == {"reason": "limit_exceeded"}
    await refused(site, {"pay": {"payment-declined": 1}})


async def test_a_role_at_one_concert_sees_what_its_fans_were_refused(site: Site) -> None:
    problem_of(await site.visitor("fan").hold("1"), 403, "entry-token-missing")
    figures.count_refusal(HALL, "hold", "seat-taken")
    await send_tallies(site.runtime)
    await refused(site, {"hold": {"seat-taken": 1}})
    await HistoryKeeper().keep_history(site.runtime)
    viewer = having(site, f"viewer:{HALL}")
    (point,) = (await viewer.get(HISTORY)).json()["points"]
    assert point["figures"]["refusals"] == {"hold": {"seat-taken": 1}}
    # What is of the whole server is for roles on it.
    for path in (REFUSALS, LATENCIES):
        problem_of(await viewer.get(path), 403, "forbidden")


async def test_a_row_of_an_earlier_version_has_no_refusals(site: Site, op: Visitor) -> None:
    found = await figures.of_queue(site.runtime, site.runtime.catalogue.queue(HALL))
    kept = {name: value for name, value in found._asdict().items() if name != "refusals"}
    async with site.runtime.postgres.transaction() as tx:
        await history.write(tx, [HistoryRow(HALL, SECOND, site.runtime.now(), kept)])
    (point,) = (await op.get(HISTORY)).json()["points"]
    assert point["figures"]["refusals"] == {}


async def test_each_timed_call_is_that_of_one_operation() -> None:
    timed = {each.timed_as: each.name for each in OPERATIONS if each.timed_as is not None}
    assert timed == {
        "join": "join_queue",
        "poll": "poll_place",
        "hold": "place_order",
        "begin": "begin_checkout",
        "confirm": "confirm_checkout",
        "pay": "pay_order",
    }
    assert set(timed) == set(TIMED_CALLS)


async def test_every_answer_of_a_timed_call_is_in_the_latencies(site: Site) -> None:
    (fan,) = await site.enter("fan")
    await fan.top_up()
    await fan.pay(await fan.held("1"))
    problem_of(await fan.hold("2"), 403, "entry-token-expired")

    async def are_there() -> bool:
        metrics.add_up()
        await send_tallies(site.runtime)
        found = await figures.latencies(site.runtime)
        numbers = {call: sum(counts.values()) for call, counts in found.items()}
        return numbers == {"join": 1, "poll": 1, "hold": 2, "pay": 1}

    await until(are_there, 30.0)


async def test_latencies_are_those_between_two_rows(site: Site, op: Visitor) -> None:
    at = site.runtime.now().replace(microsecond=0)
    counted = [
        {"poll": {"5": 100}},
        {"poll": {"5": 200}, "hold": {"20": 98, "30": 2}},
        # Valkey has lost its counts.
        {"poll": {"5": 10}},
        {"poll": {"5": 10, "61": 1}},
    ]
    rows = [
        HistoryRow(tallies.LATENCIES, SECOND, at + timedelta(seconds=number), each)
        for number, each in enumerate(counted)
    ]
    async with site.runtime.postgres.transaction() as tx:
        await history.write(tx, rows)
    page = (await op.get(LATENCIES)).json()
    assert page["resolution"] == "1s"
    assert [each["calls"] for each in page["points"]] == [
        {},
        {
            "poll": {"count": 100, "p50_ms": 0.28, "p99_ms": 0.31},
            "hold": {"count": 100, "p50_ms": 9.02, "p99_ms": 90.0},
        },
        {},
        {"poll": {"count": 1, "p50_ms": 100_000.0, "p99_ms": 100_000.0}},
    ]
    # The first one from a moment on is compared with the one before.
    since = page["points"][1]["at"]
    assert (await op.get(f"{LATENCIES}?since={since}")).json()["points"] == page["points"][1:]
    assert (await op.get(f"{LATENCIES}?resolution=1m")).json()["points"] == []


async def test_a_page_of_latencies_is_followed_by_the_next(
    site: Site, op: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = site.runtime.now().replace(microsecond=0)
    rows = [
        HistoryRow(tallies.LATENCIES, SECOND, at + timedelta(seconds=each), {"poll": {"5": each}})
        for each in range(4)
    ]
    async with site.runtime.postgres.transaction() as tx:
        await history.write(tx, rows)
    whole = (await op.get(LATENCIES)).json()["points"]
    monkeypatch.setattr(histories, "POINTS_MAX", 2)
    first = (await op.get(LATENCIES)).json()
    second = (await op.get(f"{LATENCIES}?since={first['next_since']}")).json()
    assert (first["points"] + second["points"], second["next_since"]) == (whole, None)

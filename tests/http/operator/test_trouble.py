"""Trouble over HTTP: what waits for an operator, to whom it is shown, and another try."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having
from helpers.time_travel import travel
from yemae.base.tallies import SPLIT_BATCHES
from yemae.history import tallies
from yemae.http.operator import trouble
from yemae.jobs.check_books import check_books
from yemae.jobs.keep_history import HistoryKeeper
from yemae.reconcile import last

TROUBLE = "/v1/admin/trouble"
CASH = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben Lee"}
WHY = {"reason": "The fan is on the phone"}
LISTS = ("payments", "refunds", "mails", "webhooks", "bells", "laws", "split_batches")
EMPTY: dict[str, Any] = {name: [] for name in LISTS}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept between two looks."""
    monkeypatch.setattr(trouble, "KEPT_S", 0.0)


async def run(site: Site, statement: str, **given: object) -> list[Any]:
    async with site.runtime.postgres.transaction() as tx:
        return await tx.fetch(statement.encode(), **given)


@pytest.fixture
async def order_id(op: Visitor) -> str:
    """An order that the box office has sold."""
    return str((await op.post("/v1/admin/orders", CASH)).json()["id"])


async def in_doubt(site: Site, order_id: str | None) -> str:
    """A payment whose provider has not answered, that is looked up in an hour."""
    (row,) = await run(
        site,
        "insert into checkouts (id, user_id, order_id, concert_id, pass_number, provider, method,"
        " amount, currency, state, created_at, expires_at, look_at)"
        " select gen_random_uuid(), user_id, %(order_id)s::uuid,"
        " case when %(order_id)s::uuid is null then null else 'hall' end,"
        " case when %(order_id)s::uuid is null then null else 1 end, 'test', 'card', 50000, 'KRW',"
        " 'in_doubt', now(), now() + interval '1 hour', now() + interval '1 hour'"
        " from orders limit 1 returning id",
        order_id=order_id,
    )
    return str(row.id)


async def stuck(site: Site, order_id: str) -> str:
    """A mail that was given up."""
    (row,) = await run(
        site,
        "insert into messages (kind, cause, order_id, state, attempts, ended_at, error)"
        " values ('order_paid', gen_random_uuid(), %(order_id)s::uuid, 'given_up', 12, yemae_now(),"
        " '550 no such mailbox') returning id",
        order_id=order_id,
    )
    return str(row.id)


async def shown(visitor: Visitor) -> dict[str, Any]:
    answer = await visitor.get(TROUBLE)
    assert answer.status_code == 200, answer.text
    return {name: value for name, value in answer.json().items() if name != "at"}


async def test_no_trouble_is_empty_lists(op: Visitor) -> None:
    assert await shown(op) == EMPTY


@pytest.mark.usefixtures("order_id")
async def test_laws_that_the_last_check_found_violated_are_shown(site: Site, op: Visitor) -> None:
    await check_books(site.runtime)
    assert await shown(op) == EMPTY
    await run(site, "update orders set total = total + 1")
    travel(site.runtime, last.EVERY_S + 1)
    assert await check_books(site.runtime) > 0
    laws = {each["name"]: each for each in (await shown(op))["laws"]}
    assert laws["total_is_sum_of_prices"]["violations"] == 1
    assert laws["total_is_sum_of_prices"]["says_ko"]
    assert "seat_in_one_order" not in laws


async def test_a_payment_in_doubt_is_looked_up_now(site: Site, op: Visitor, order_id: str) -> None:
    checkout_id, top_up = await in_doubt(site, order_id), await in_doubt(site, None)
    found = {each["id"]: each for each in (await shown(op))["payments"]}
    assert found[checkout_id]["concert_id"] == HALL
    assert (found[top_up]["order_id"], found[top_up]["booking_number"]) == (None, None)
    path = f"/v1/admin/checkouts/{checkout_id}/look-up"
    elsewhere, here = having(site, "operator:elsewhere"), having(site, f"operator:{HALL}")
    problem_of(await elsewhere.post(path, WHY), 403, "forbidden")
    problem_of(await here.post(f"/v1/admin/checkouts/{top_up}/look-up", WHY), 403, "forbidden")
    assert (await here.post(path, WHY)).status_code == 202
    (row,) = await run(
        site,
        "select look_at <= yemae_now() as is_due from checkouts where id = %(id)s",
        id=UUID(checkout_id),
    )
    assert row.is_due
    (line,) = (await op.get("/v1/admin/log?action=look up payment")).json()["lines"]
    assert (line["concert_id"], line["reason"]) == (HALL, WHY["reason"])
    assert line["details"] == {"checkout": checkout_id, "order": order_id}
    for other in (uuid4(), "x"):
        path = f"/v1/admin/checkouts/{other}/look-up"
        problem_of(await op.post(path, WHY), 404, "not-found")


async def test_a_mail_that_was_given_up_is_sent_again(
    site: Site, op: Visitor, order_id: str
) -> None:
    mail_id = await stuck(site, order_id)
    (mail,) = (await shown(op))["mails"]
    assert (mail["id"], mail["state"], mail["error"]) == (
        mail_id,
        "given_up",
        "550 no such mailbox",
    )
    path = f"/v1/admin/mails/{mail_id}/retry"
    problem_of(await having(site, "support:elsewhere").post(path), 403, "forbidden")
    assert (await having(site, f"support:{HALL}").post(path)).json() == {"due": True}
    (line,) = (await op.get("/v1/admin/log?action=send mail again")).json()["lines"]
    assert (line["concert_id"], line["details"]) == (HALL, {"mail": mail_id, "mails": 1})
    await run(site, "update messages set state = 'sent', ended_at = now() returning id")
    assert (await op.post(path)).json() == {"due": False}
    assert (await shown(op))["mails"] == []
    problem_of(await op.post("/v1/admin/mails/x/retry"), 404, "not-found")


async def test_only_webhooks_that_fail_are_trouble(site: Site, op: Visitor) -> None:
    url = {"url": "https://receiver.invalid/", "events": ["order.paid"]}
    made = (await op.post("/v1/admin/webhooks", url)).json()["webhook"]["id"]
    assert (await shown(op))["webhooks"] == []
    await run(site, "update webhook_endpoints set failing_since = yemae_now() returning id")
    (failing,) = (await shown(op))["webhooks"]
    assert (failing["id"], failing["disabled_at"]) == (made, None)
    # What an operator has switched off is no trouble; what was given up is.
    await op.ask("PATCH", f"/v1/admin/webhooks/{made}", json={"enabled": False})
    assert (await shown(op))["webhooks"] == []
    await run(site, "update webhook_endpoints set disabled_reason = 'failing' returning id")
    assert len((await shown(op))["webhooks"]) == 1


async def test_a_role_at_a_concert_sees_the_trouble_of_that_one(
    site: Site, op: Visitor, order_id: str
) -> None:
    await in_doubt(site, order_id)
    await in_doubt(site, None)
    await stuck(site, order_id)
    of_server = ("webhooks", "laws", "split_batches")
    nothing = EMPTY | dict.fromkeys(of_server)
    assert await shown(having(site, "support:elsewhere")) == nothing
    here = await shown(having(site, f"support:{HALL}"))
    assert [len(here[name]) for name in ("payments", "mails")] == [1, 1]
    assert len((await shown(op))["payments"]) == 2


async def test_batches_of_which_no_history_is_left_are_not_of_the_last_hour(
    site: Site, op: Visitor
) -> None:
    await tallies.add(site.runtime.valkey, SPLIT_BATCHES, {"hold": 2})
    assert (await shown(op))["split_batches"] == []


async def test_batches_that_were_split_within_the_hour_are_counted_by_verb(
    site: Site, op: Visitor
) -> None:
    keeper = HistoryKeeper()
    await keeper.keep_history(site.runtime)
    await tallies.add(site.runtime.valkey, SPLIT_BATCHES, {"hold": 2, "pay": 1})
    assert (await shown(op))["split_batches"] == [
        {"verb": "hold", "count": 2},
        {"verb": "pay", "count": 1},
    ]
    travel(site.runtime, 60)
    await keeper.keep_history(site.runtime)
    travel(site.runtime, 3_660)
    await tallies.add(site.runtime.valkey, SPLIT_BATCHES, {"pay": 1})
    assert (await shown(op))["split_batches"] == [{"verb": "pay", "count": 1}]
    of_hall = having(site, f"support:{HALL}")
    assert (await shown(of_hall))["split_batches"] is None

"""What is kept of a fan, and what is left of it after a deletion."""

import psycopg
import pytest

from helpers.http import Site, Visitor, problem_of
from helpers.owner import owner_url
from helpers.reconcile import assert_reconciled
from helpers.time_travel import travel
from yemae.sale.merge import carry_on

ANN, ORDER_MAIL = "ann@example.com", "ann.tickets@example.com"
PASSWORD = "correct horse"


async def account(site: Site) -> dict[str, str]:
    """The bearer of a new account."""
    body = {"name": "Ann Kim", "email": ANN, "password": PASSWORD}
    made = (await site.ask("POST", "/v1/users", json=body)).json()
    return {"Authorization": f"Bearer {made['access_token']}"}


async def paid(inside: Visitor) -> str:
    """A paid order with an address, and nothing left in the wallet."""
    await inside.top_up(50_000)
    order_id = await inside.held("1")
    body = {"email": ORDER_MAIL, "language": "en"}
    assert (await inside.post(f"/v1/orders/{order_id}/payment", body)).status_code == 201
    return order_id


def places_of(site: Site, *texts: str) -> list[str]:
    """The tables of the whole database that have one of these texts."""
    with psycopg.connect(owner_url(site.runtime.settings)) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'public'"
        ).fetchall()
        return [
            name
            for (name,) in tables
            for text in texts
            if connection.execute(
                f'select 1 from "{name}" as t where strpos(t::text, %s) > 0 limit 1',  # noqa: S608
                (text,),
            ).fetchone()
        ]


async def test_a_fan_sees_everything_that_is_kept(site: Site, inside: Visitor) -> None:
    order_id = await paid(inside)
    answer = await inside.get("/v1/me/data")
    assert answer.headers["cache-control"] == "no-store"
    data = answer.json()
    assert [order["id"] for order in data["orders"]] == [order_id]
    assert data["addresses"] == [{"order_id": order_id, "email": ORDER_MAIL, "language": "en"}]
    assert [line["kind"] for line in data["transfers"]] == ["payment", "top_up"]
    assert data["wallet"]["balance"] == 0
    assert data["user"]["id"] == inside.user_id
    problem_of(await site.get("/v1/me/data"), 401, "unauthenticated")


async def test_nothing_of_the_person_is_left_and_the_books_add_up(
    site: Site, inside: Visitor
) -> None:
    await paid(inside)
    assert places_of(site, ORDER_MAIL) == ["order_contacts"]
    refused = problem_of(await inside.post("/v1/me/deletion"), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "orders"
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(b"update performances set starts_at = yemae_now() - interval '1 day'")
    assert (await inside.post("/v1/me/deletion")).status_code == 204
    assert places_of(site, ORDER_MAIL) == []
    problem_of(await inside.get("/v1/me"), 401, "unauthenticated")
    await assert_reconciled(site.runtime)


async def test_an_account_needs_its_password_and_its_address_is_free_afterwards(site: Site) -> None:
    bearer = await account(site)
    await site.ask("POST", "/v1/password-resets", json={"email": ANN})
    assert sorted(set(places_of(site, ANN, "Ann Kim"))) == ["password_resets", "users"]
    missing = await site.ask("POST", "/v1/me/deletion", headers=bearer)
    assert problem_of(missing, 422, "invalid-request")["errors"][0]["field"] == "password"
    for password, status in (("wrong", 401), (PASSWORD, 204)):
        body = {"password": password}
        answer = await site.ask("POST", "/v1/me/deletion", json=body, headers=bearer)
        assert answer.status_code == status, answer.text
    assert places_of(site, ANN, "Ann Kim") == []
    body = {"email": ANN, "password": PASSWORD}
    problem_of(await site.ask("POST", "/v1/sessions", json=body), 401, "wrong-credentials")
    assert await account(site)


async def test_no_reason_of_a_mail_server_keeps_the_address(site: Site, inside: Visitor) -> None:
    """Which may name it in any form, so all that it said goes."""
    await paid(inside)
    bearer = await account(site)
    await site.ask("POST", "/v1/password-resets", json={"email": ANN})
    body = {"email": "new@example.com", "password": PASSWORD}
    assert (await site.ask("POST", "/v1/me/email", json=body, headers=bearer)).status_code == 202
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(b"update messages set error = '550 <ann> is unknown to example.com'")
        await tx.execute(b"update performances set starts_at = yemae_now() - interval '1 day'")
    assert "messages" in places_of(site, "<ann>")
    assert (await inside.post("/v1/me/deletion")).status_code == 204
    gone = await site.ask("POST", "/v1/me/deletion", json={"password": PASSWORD}, headers=bearer)
    assert gone.status_code == 204, gone.text
    assert places_of(site, "<ann>", ANN, "new@example.com", ORDER_MAIL) == []


@pytest.mark.parametrize("state", ["pending", "in_doubt", "declined"])
async def test_an_account_waits_for_refunds_that_may_come_to_its_wallet(
    site: Site, inside: Visitor, state: str
) -> None:
    order_id = await paid(inside)
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(b"update performances set starts_at = yemae_now() - interval '1 day'")
        await tx.execute(
            b"insert into refunds"
            b" (id, order_id, amount, destination, state, requested_by, created_at) values"
            b" (gen_random_uuid(), %(order_id)s, 1, 'wallet', %(state)s, 'fan', yemae_now())",
            order_id=order_id,
            state=state,
        )
    refused = problem_of(await inside.post("/v1/me/deletion"), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "orders"


async def test_an_account_waits_for_late_money_of_a_guest_who_moved_in(
    site: Site, inside: Visitor
) -> None:
    bearer = await account(site)
    user_id = (await site.get("/v1/me", headers=bearer)).json()["id"]
    # As a process leaves it that had not read of the move when the top-up began.
    await inside.top_up(50_000)
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(
            b"insert into merged_users (guest_id, user_id, orders, amount)"
            b" values (%(guest)s, %(user_id)s, 0, 0)",
            guest=inside.user_id,
            user_id=user_id,
        )
    body = {"password": PASSWORD}
    waits = await site.ask("POST", "/v1/me/deletion", json=body, headers=bearer)
    assert problem_of(waits, 422, "invalid-request")["errors"][0]["field"] == "checkouts"
    assert await carry_on(site.runtime) == 1
    holds = await site.ask("POST", "/v1/me/deletion", json=body, headers=bearer)
    assert problem_of(holds, 422, "invalid-request")["errors"][0]["field"] == "balance"
    await assert_reconciled(site.runtime)


async def test_a_balance_is_not_lost_with_its_account(site: Site, inside: Visitor) -> None:
    assert site
    await inside.top_up(50_000)
    refused = problem_of(await inside.post("/v1/me/deletion"), 422, "invalid-request")
    assert refused["errors"][0]["field"] == "balance"


@pytest.mark.usefixtures("site")
async def test_a_held_order_that_ran_out_stops_no_deletion(site: Site, inside: Visitor) -> None:
    await inside.held("1")
    problem_of(await inside.post("/v1/me/deletion"), 422, "invalid-request")
    travel(site.runtime, site.runtime.settings.sale.hold_ttl_s + 1)
    assert (await inside.post("/v1/me/deletion")).status_code == 204


async def test_another_password_ends_every_other_session(site: Site) -> None:
    bearer = await account(site)
    path, new = "/v1/me/password", "battery staple"
    for current, password, status in (
        ("wrong", new, 401),
        (PASSWORD, ANN, 422),
        (PASSWORD, new, 201),
    ):
        body = {"current_password": current, "password": password}
        answer = await site.ask("POST", path, json=body, headers=bearer)
        assert answer.status_code == status, answer.text
    problem_of(await site.get("/v1/me", headers=bearer), 401, "unauthenticated")
    fresh = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await site.get("/v1/me", headers=fresh)).json()["email"] == ANN
    for password, status in ((PASSWORD, 401), (new, 201)):
        body = {"email": ANN, "password": password}
        assert (await site.ask("POST", "/v1/sessions", json=body)).status_code == status


async def test_a_name_is_changed_and_a_guest_has_no_password(site: Site, inside: Visitor) -> None:
    bearer = await account(site)
    for headers in (bearer, None):
        given = {} if headers is None else {"headers": headers}
        of = inside if headers is None else site
        renamed = await of.ask("PATCH", "/v1/me", json={"name": "Anna"}, **given)
        assert renamed.json()["name"] == "Anna"
    refused = await inside.ask("PATCH", "/v1/me", json={"name": " "})
    assert problem_of(refused, 422, "invalid-request")["errors"][0]["field"] == "name"
    body = {"current_password": PASSWORD, "password": "battery staple"}
    problem = problem_of(await inside.post("/v1/me/password", body), 422, "invalid-request")
    assert problem["errors"][0]["field"] == "current_password"

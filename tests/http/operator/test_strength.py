"""How strongly operators have to have signed in: two factors, and lately for what is grave."""

from collections.abc import AsyncIterator
from typing import Any

import pyotp
import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, open_site, problem_of
from helpers.operators import QUEUE, having, operator
from helpers.time_travel import travel
from yemae.accounts.access import BY_CODE, BY_PASSKEY, BY_PASSWORD, ELSEWHERE, Means
from yemae.http.operator.matrix import MATRIX
from yemae.settings import Settings

ROLES = "/v1/admin/roles"
SIGN_UP = {"name": "Ann", "email": "ann@example.com", "password": "correct horse"}
SESSION = {name: SIGN_UP[name] for name in ("email", "password")}
GRAVE = {
    "release_seats",
    "cancel_any_order",
    "refund_order",
    "retry_refund",
    "pay_out_refund",
    "take_payments",
    "cancel_date",
    "cancel_concert",
    "take_closing_report",
    "give_role",
    "take_role_back",
}


@pytest.fixture
async def strict(settings: Settings) -> AsyncIterator[Site]:
    """A production server."""
    async with open_site(settings, mode="production") as opened:
        yield opened


def again(ann: Visitor, *means: Means) -> None:
    """The same account signs in now."""
    token = ann.site.runtime.issuer.issue(ann.user_id, means=means).text
    ann.tokens["Authorization"] = f"Bearer {token}"


async def admin(site: Site) -> Visitor:
    """An admin with an account and a password."""
    made = (await site.ask("POST", "/v1/users", json=SIGN_UP)).json()
    user_id = made["user"]["id"]
    body = {"user": user_id, "role": "admin"}
    assert (await operator(site).post(ROLES, body)).status_code == 200
    visitor = site.visitor(user_id)
    visitor.tokens["Authorization"] = f"Bearer {made['access_token']}"
    return visitor


async def with_app(visitor: Visitor) -> pyotp.TOTP:
    """An authenticator app of the account; the visitor's session is from before."""
    path = "/v1/me/second-factor"
    begun = (await visitor.post(path, {"password": SIGN_UP["password"]})).json()
    app = pyotp.TOTP(begun["secret"])
    code = app.at(int(visitor.site.runtime.issuer.signer.now()))
    done = await visitor.post(f"{path}/confirmation", {"code": code})
    assert done.status_code == 201, done.text
    return app


def test_what_is_grave_is_named() -> None:
    assert {name for name, rule in MATRIX.items() if rule.is_grave} == GRAVE


@pytest.mark.parametrize("means", [BY_PASSWORD, BY_CODE, BY_PASSKEY, ELSEWHERE])
async def test_what_is_grave_needs_a_sign_in_of_the_last_ten_minutes(
    site: Site, means: tuple[Means, ...]
) -> None:
    ann = await admin(site)
    again(ann, *means)
    body: dict[str, Any] = {"user": "nowhere@example.com", "role": "viewer"}
    assert (await ann.post(ROLES, body)).status_code == 422
    travel(site.runtime, 601)
    problem = problem_of(await ann.post(ROLES, body), 403, "fresh-sign-in-required")
    assert problem == {"within_s": 600}
    # A renewal is no sign-in, and all else goes on.
    renewed = await ann.post("/v1/sessions/renewal")
    assert renewed.status_code == 201
    ann.tokens["Authorization"] = f"Bearer {renewed.json()['access_token']}"
    problem_of(await ann.post(ROLES, body), 403, "fresh-sign-in-required")
    assert (await ann.get(QUEUE)).status_code == 200
    again(ann, *means)
    assert (await ann.post(ROLES, body)).status_code == 422


async def test_a_move_that_may_give_money_back_is_grave_and_another_one_is_not(
    site: Site,
) -> None:
    ann = await admin(site)
    cash = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben Lee"}
    order = (await operator(site).post("/v1/admin/orders", cash)).json()
    move = f"/v1/admin/orders/{order['id']}/move"
    travel(site.runtime, 601)
    priced = {"seats": ["2"], "price": "new"}
    problem_of(await ann.post(move, priced), 403, "fresh-sign-in-required")
    assert (await ann.post(move, {"seats": ["3"]})).status_code == 201
    again(ann, *BY_CODE)
    assert (await ann.post(move, priced)).status_code == 201


async def test_scripts_and_roles_that_do_not_open_a_call_are_answered_as_before(
    site: Site,
) -> None:
    script = having(site, "admin")
    viewer = having(site, "viewer")
    travel(site.runtime, 700)
    body = {"user": "nowhere@example.com", "role": "viewer"}
    assert (await script.post(ROLES, body)).status_code == 422
    problem_of(await viewer.post(ROLES, body), 403, "forbidden")


async def test_an_account_with_an_app_is_an_operator_with_both_factors_only(site: Site) -> None:
    ann = await admin(site)
    assert (await ann.get(QUEUE)).status_code == 200
    app = await with_app(ann)
    assert problem_of(await ann.get(QUEUE), 403, "second-factor-required") == {"way": "code"}
    live = await ann.get(f"/v1/admin/concerts/{HALL}/live")
    problem_of(live, 403, "second-factor-required")
    travel(site.runtime, 60)
    code = app.at(int(site.runtime.issuer.signer.now()))
    opened = await site.ask("POST", "/v1/sessions", json={**SESSION, "code": code})
    ann.tokens["Authorization"] = f"Bearer {opened.json()['access_token']}"
    assert (await ann.get(QUEUE)).status_code == 200


async def test_in_production_a_password_alone_is_not_enough_and_an_app_can_be_set_up(
    strict: Site,
) -> None:
    ann = await admin(strict)
    assert problem_of(await ann.get(QUEUE), 403, "second-factor-required") == {"way": "set_up"}
    await with_app(ann)
    assert problem_of(await ann.get(QUEUE), 403, "second-factor-required") == {"way": "code"}
    for means, status in ((BY_CODE, 200), (BY_PASSKEY, 200), (ELSEWHERE, 403), (BY_PASSWORD, 403)):
        again(ann, *means)
        assert (await ann.get(QUEUE)).status_code == status, means
    assert (await having(strict, "admin").get(QUEUE)).status_code == 200


async def test_in_production_a_login_elsewhere_is_as_strong_as_it_is(strict: Site) -> None:
    ann = await admin(strict)
    again(ann, *ELSEWHERE)
    assert (await ann.get(QUEUE)).status_code == 200


async def test_a_passkey_is_a_second_factor(site: Site) -> None:
    ann = await admin(site)
    async with site.runtime.postgres.transaction() as tx:
        await tx.execute(
            b"insert into passkeys (id, credential_id, user_id, public_key, sign_count, is_synced,"
            b" name) values (gen_random_uuid(), 'x', %(user_id)s, 'x', 0, false, 'x')",
            user_id=ann.user_id,
        )
    way = {"way": "passkey"}
    assert problem_of(await ann.get(QUEUE), 403, "second-factor-required") == way
    # Who knows the password adds no factor of their own.
    body = {"password": SIGN_UP["password"]}
    for path in ("/v1/me/second-factor", "/v1/me/deletion"):
        assert problem_of(await ann.post(path, body), 403, "second-factor-required") == way


async def test_claims_of_another_shape_count_as_none(site: Site) -> None:
    signer = site.runtime.issuer.signer
    claims = {"sub": "ann", "exp": int(signer.now()) + 60, "role": "operator"}
    for more in ({"auth_time": "x", "amr": ["pwd"]}, {"auth_time": 1}, {"amr": ["pwd"]}):
        ann = site.visitor("ann")
        ann.tokens["Authorization"] = f"Bearer {signer.sign({**claims, **more})}"
        body = {"user": "nowhere@example.com", "role": "viewer"}
        assert (await ann.post(ROLES, body)).status_code == 422

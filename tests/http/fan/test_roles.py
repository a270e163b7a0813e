"""Roles and groups in access tokens: who gets them, and that odd ones are none."""

import time
from typing import Any

import jwt
import pytest

from helpers.http import Site, problem_of
from yemae.accounts import users
from yemae.accounts.access import OPERATOR, Identity, Issuer
from yemae.refusals import Unauthenticated

QUEUE = "/v1/admin/concerts/hall/queue"
WHO = {"name": "김예매", "email": "ann@example.com", "password": "correct horse"}
SESSION = {name: WHO[name] for name in ("email", "password")}
KEY = "k" * 32


def claiming(**claims: Any) -> str:
    """A token of another issuer."""
    return jwt.encode({"sub": "ann", "exp": int(time.time()) + 60, **claims}, KEY, "HS256")


async def status_after_sign_in(site: Site) -> int:
    """The status of an operator's call by a user who signs in now."""
    session = (await site.ask("POST", "/v1/sessions", json=SESSION)).json()
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    return (await site.get(QUEUE, headers=headers)).status_code


async def set_role(site: Site, who: str, role: str | None) -> users.User | None:
    async with site.runtime.postgres.transaction() as tx:
        return await users.set_role(tx, who, role)


async def test_the_role_comes_with_the_next_sign_in_and_goes_with_the_one_after_it_is_taken(
    site: Site,
) -> None:
    signed_up = (await site.ask("POST", "/v1/users", json=WHO)).json()
    assert await status_after_sign_in(site) == 403
    granted = await set_role(site, "ANN@example.com", OPERATOR)
    assert granted is not None
    assert granted.id == signed_up["user"]["id"]
    headers = {"Authorization": f"Bearer {signed_up['access_token']}"}
    problem_of(await site.get(QUEUE, headers=headers), 403, "operator-required")
    assert await status_after_sign_in(site) == 200
    assert await set_role(site, granted.id, None) == granted
    assert await status_after_sign_in(site) == 403


async def test_an_id_comes_before_an_address_that_reads_the_same(site: Site) -> None:
    await site.ask("POST", "/v1/users", json=WHO)
    async with site.runtime.postgres.transaction() as tx:
        await users.ensure_users(tx, [WHO["email"]])
    assert await set_role(site, WHO["email"], OPERATOR) == users.User(WHO["email"], None, None)
    assert await status_after_sign_in(site) == 403


async def test_a_user_who_is_not_there_gets_no_role(site: Site) -> None:
    assert await set_role(site, "unknown", OPERATOR) is None


async def test_another_login_may_say_who_is_an_operator(site: Site) -> None:
    key = site.runtime.settings.stores.secret_key
    token = jwt.encode({"sub": "a|1", "exp": int(time.time()) + 60, "role": "operator"}, key)
    answer = await site.get(QUEUE, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("claims", "is_operator", "groups"),
    [
        ({}, False, set()),
        ({"role": "operator"}, True, set()),
        ({"role": "Operator"}, False, set()),
        ({"role": "fan"}, False, set()),
        ({"role": None}, False, set()),
        ({"role": True}, False, set()),
        ({"role": ["operator"]}, False, set()),
        ({"role": {"operator": 1}}, False, set()),
        ({"groups": ["fanclub", "팬클럽", "fanclub"]}, False, {"fanclub", "팬클럽"}),
        ({"groups": "fanclub"}, False, set()),
        ({"groups": {"fanclub": 1}}, False, set()),
        ({"groups": None}, False, set()),
        ({"groups": 7}, False, set()),
        ({"groups": ["fanclub", "", 7, None, ["x"], {}]}, False, {"fanclub"}),
    ],
)
def test_a_role_or_groups_of_another_shape_are_none(
    claims: dict[str, Any], is_operator: bool, groups: set[str]
) -> None:
    token = claiming(**claims)
    issuer = Issuer(KEY, 60)
    assert issuer.identity(token) == Identity("ann", is_operator, frozenset(groups))
    assert issuer.user_id(token) == "ann"


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        (["viewer", "box_office:small-hall"], {("viewer", None), ("box_office", "small-hall")}),
        (["operator"], {("operator", None)}),
        (["admin", "king", 7, None, "door:", ""], {("admin", None)}),
        ("admin", set()),
        ({"admin": 1}, set()),
        (None, set()),
    ],
)
def test_roles_are_those_of_the_claim_that_there_are(
    claim: object, roles: set[tuple[str, str | None]]
) -> None:
    identity = Issuer(KEY, 60).identity(claiming(roles=claim))
    assert not identity.is_operator
    assert set(identity.roles) == roles


def test_what_is_issued_is_read_back() -> None:
    issuer = Issuer(KEY, 60)
    token = issuer.issue("ann", OPERATOR, ["a", "b"]).text
    assert issuer.identity(token) == Identity("ann", True, frozenset({"a", "b"}))
    token = issuer.issue("ben", roles=["door:hall"]).text
    assert issuer.identity(token).roles == {("door", "hall")}


@pytest.mark.parametrize("token", [None, "", "x", claiming(exp=1), claiming(sub="@cash")])
def test_a_token_that_is_no_good_has_no_identity(token: str | None) -> None:
    with pytest.raises(Unauthenticated):
        Issuer(KEY, 60).identity(token)

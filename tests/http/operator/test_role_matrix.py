"""The matrix of roles has every call for operators, the gate goes by it, and the guide shows it."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

import pytest

from helpers.concerts import FIRST, HALL
from helpers.http import Site, Visitor, problem_of
from helpers.operators import having, operator
from helpers.pages import ROOT
from yemae.accounts.roles import ROLES, Role
from yemae.back_office import roles
from yemae.http.contract.operation import Operation
from yemae.http.operations import FOR_OPERATORS, OPERATIONS
from yemae.http.operator.gate import guarded, words
from yemae.http.operator.matrix import MATRIX
from yemae.refusals import OperatorRequired, RoleRequired, Unauthenticated

CASH = {"performance_id": FIRST, "seats": ["1"], "tender": "cash", "name": "Ben Lee"}
ANY_ID = "0199d3b2-6a40-7c11-9d42-000000000001"
OPERATOR_CALLS = [each for each in OPERATIONS if each.path.startswith("/v1/admin")]


def path_of(operation: Operation, there: Mapping[str, str]) -> str:
    """A path to what is there, and otherwise to where nothing is."""
    path = re.sub(r"{(\w+)}", lambda found: there.get(found[1], found[0]), operation.path)
    path = re.sub(r"{(order|refund|webhook|sign_off)_id}", ANY_ID, path)
    return re.sub(r"{\w+}", "nowhere", path)


async def call(
    visitor: Visitor, operation: Operation, there: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """The answer's problem, or nothing."""
    answer = await visitor.ask(operation.method, path_of(operation, there))
    return {} if answer.is_success else dict(answer.json())


def test_every_call_for_operators_is_in_the_matrix_and_behind_its_gate() -> None:
    assert [each.name for each in OPERATOR_CALLS] == [each.name for each in FOR_OPERATORS]
    assert {each.name for each in OPERATOR_CALLS} == MATRIX.keys()
    for operation in OPERATOR_CALLS:
        assert {Unauthenticated, OperatorRequired, RoleRequired} <= set(operation.problems)
        assert operation.description.endswith(words(MATRIX[operation.name]))
    # Nothing else asks who the operator is: such a handler would fail.
    assert not [each for each in OPERATIONS if each.tag == "admin" and each not in OPERATOR_CALLS]


def test_a_call_that_is_not_in_the_matrix_is_a_fault_at_start() -> None:
    with pytest.raises(KeyError):
        guarded([each for each in OPERATIONS if each.name == "list_concerts"])


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_opens_its_calls_and_no_others(site: Site, role: Role) -> None:
    visitor = having(site, role)
    for operation in OPERATOR_CALLS:
        rule = MATRIX[operation.name]
        problem = await call(visitor, operation)
        if role == "admin" or role in rule.roles:
            assert problem.get("status") != 403, operation.name
        else:
            assert problem["type"].endswith("/forbidden"), operation.name
            assert problem["role"] == next(iter(rule.roles), "admin")


async def test_without_a_role_and_without_a_token_no_call_is_open(site: Site) -> None:
    stranger = site.visitor("stranger")
    stranger.tokens = {}
    for operation in OPERATOR_CALLS:
        assert (await call(site.visitor("fan"), operation))["type"].endswith("/operator-required")
        assert (await call(stranger, operation))["status"] == 401


async def things_of_the_hall(site: Site) -> dict[str, str]:
    """A concert, a date, an order and a refund that exist, by their names in paths."""
    op = operator(site)
    order = (await op.post("/v1/admin/orders", CASH)).json()
    back = {"amount": 10_000, "reason": "The seat was wet"}
    paid = (await op.post(f"/v1/admin/orders/{order['id']}/refunds", back)).json()
    refund_id = paid["refunds"][0]["id"]
    assert await roles.concert_of_refund(site.runtime, UUID(refund_id)) == HALL
    ids = {"concert_id": HALL, "performance_id": FIRST, "order_id": order["id"]}
    return {**ids, "refund_id": refund_id}


@pytest.mark.parametrize("role", ["operator", "admin"])
async def test_a_role_for_a_concert_opens_nothing_at_another_one(site: Site, role: str) -> None:
    there = await things_of_the_hall(site)
    elsewhere, here = having(site, f"{role}:elsewhere"), having(site, f"{role}:{HALL}")
    narrowed = {name for name, rule in MATRIX.items() if rule.narrows}
    for operation in OPERATOR_CALLS:
        if operation.name in narrowed:
            continue
        for visitor, where in ((elsewhere, there), (elsewhere, {}), (here, {})):
            problem = await call(visitor, operation, where)
            assert problem["type"].endswith("/forbidden"), operation.name
    for path in (
        "concerts/{concert_id}/queue",
        "orders/{order_id}",
        "concerts/{concert_id}/sales",
    ):
        assert (await here.get(f"/v1/admin/{path.format(**there)}")).status_code == 200


async def test_the_role_of_before_opens_every_call(site: Site) -> None:
    visitor = site.visitor("op")
    token = site.runtime.issuer.issue("op", "operator").text
    visitor.tokens["Authorization"] = f"Bearer {token}"
    for operation in OPERATOR_CALLS:
        assert (await call(visitor, operation)).get("status") != 403, operation.name


async def test_roles_that_are_none_open_nothing(site: Site) -> None:
    for text in ("king", "Viewer", "viewer:", "", ":hall"):
        answer = await having(site, text).get("/v1/admin/me")
        problem_of(answer, 403, "operator-required")


@pytest.mark.parametrize("page", ["roles.md", "roles.ko.md"])
def test_the_guide_shows_the_matrix(page: str) -> None:
    shown = {}
    for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines():
        if row := re.match(r"\| `([A-Z]+ /.*?)` \|(.*)\|$", line):
            shown[row[1]] = tuple("✓" in cell for cell in row[2].split("|"))
    assert shown == {
        f"{each.method} {each.path.removeprefix('/v1/admin')}": tuple(
            role == "admin" or role in MATRIX[each.name].roles for role in ROLES
        )
        for each in OPERATOR_CALLS
    }

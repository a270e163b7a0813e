"""Webhooks over HTTP: endpoints, secrets and the log, for operators only."""

from uuid import UUID, uuid4

import pytest

from helpers.http import Site, Visitor, problem_of
from helpers.operators import operator
from yemae.back_office.webhooks import ENDPOINTS_MAX

PATH = "/v1/admin/webhooks"
BODY = {"url": "https://receiver.invalid/hooks", "events": ["order.cancelled", "order.paid"]}


@pytest.fixture
def op(site: Site) -> Visitor:
    """An operator."""
    return operator(site)


async def added(op: Visitor) -> tuple[str, str]:
    """The path and the secret of a new endpoint."""
    answer = await op.post(PATH, BODY)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["webhook"]["events"] == ["order.paid", "order.cancelled"]
    return f"{PATH}/{made['webhook']['id']}", made["secret"]


async def test_an_endpoint_from_its_beginning_to_its_end(op: Visitor) -> None:
    path, secret = await added(op)
    assert secret.startswith("whsec_")
    (listed,) = (await op.get(PATH)).json()["webhooks"]
    assert (await op.get(path)).json() == listed
    assert "secret" not in listed
    rotated = (await op.post(f"{path}/secret")).json()
    assert rotated["secret"] != secret
    assert rotated["webhook"]["rotated_at"]
    sent = await op.post(f"{path}/test")
    assert sent.status_code == 202
    (line,) = (await op.get(f"{path}/deliveries?state=waiting")).json()["deliveries"]
    assert (line["id"], line["type"]) == (sent.json()["id"], "webhook.test")
    assert (await op.get(f"{path}/deliveries?state=delivered")).json()["deliveries"] == []
    again = await op.post(f"{path}/replay", {"events": [line["id"]]})
    assert again.json() == {"replayed": 1}
    assert (await op.post(f"{path}/replay", {"state": "given_up"})).json() == {"replayed": 0}
    stopped = await op.ask("PATCH", path, json={"enabled": False, "events": ["queue.opened"]})
    assert stopped.json()["disabled_reason"] == "operator"
    assert stopped.json()["events"] == ["queue.opened"]
    problem_of(await op.post(f"{path}/test"), 422, "invalid-request")
    other = {"enabled": True, "url": "https://other.invalid/"}
    started = (await op.ask("PATCH", path, json=other)).json()
    assert (started["disabled_at"], started["url"]) == (None, "https://other.invalid/")
    assert (await op.ask("DELETE", path)).status_code == 204
    problem_of(await op.get(path), 404, "not-found")
    assert (await op.get(PATH)).json() == {"webhooks": []}


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "http://receiver.invalid/"},
        {"url": "https://169.254.169.254/latest"},
        {"url": ""},
        {"events": []},
        {"events": ["order.lost"]},
        {"secret": "mine"},
    ],
    ids=str,
)
async def test_what_cannot_be_an_endpoint_is_refused(
    op: Visitor, changed: dict[str, object]
) -> None:
    (name,) = changed
    problem = problem_of(await op.post(PATH, BODY | changed), 422, "invalid-request")
    assert problem["errors"][0]["field"].startswith(name)


async def test_no_more_than_the_limit_are_added(op: Visitor) -> None:
    for _ in range(ENDPOINTS_MAX):
        await added(op)
    problem_of(await op.post(PATH, BODY), 422, "invalid-request")


async def test_what_is_replayed_is_named_in_one_way(op: Visitor) -> None:
    path, _ = await added(op)
    both = {"state": "given_up", "events": [str(uuid4())]}
    for body in ({}, both):
        problem_of(await op.post(f"{path}/replay", body), 422, "invalid-request")
    problem_of(await op.get(f"{path}/deliveries?state=lost"), 422, "invalid-request")


async def test_an_endpoint_that_is_not_there_is_not_found(op: Visitor) -> None:
    for unknown in (UUID(int=1), "x"):
        path = f"{PATH}/{unknown}"
        for method, at, body in (
            ("GET", path, None),
            ("PATCH", path, {"enabled": True}),
            ("DELETE", path, None),
            ("POST", f"{path}/secret", None),
            ("POST", f"{path}/test", None),
            ("GET", f"{path}/deliveries", None),
            ("POST", f"{path}/replay", {"state": "given_up"}),
        ):
            problem_of(await op.ask(method, at, json=body), 404, "not-found")


async def test_fans_are_refused(site: Site) -> None:
    problem_of(await site.visitor("fan").get(PATH), 403, "operator-required")
    problem_of(await site.get(PATH), 401, "unauthenticated")

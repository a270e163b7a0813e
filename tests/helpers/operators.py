"""An operator's calls on the hall's queue."""

from typing import Any

from helpers.concerts import HALL
from helpers.http import Site, Visitor

QUEUE = f"/v1/admin/concerts/{HALL}/queue"


LATER = "2029-06-01T11:00:00.000Z"


BEFORE_LATER = "2029-05-30T00:00:00.000Z"


def operator(site: Site, user_id: str = "op") -> Visitor:
    """A visitor with the role in the access token."""
    visitor = site.visitor(user_id)
    token = site.runtime.issuer.issue(user_id, "operator").text
    visitor.tokens["Authorization"] = f"Bearer {token}"
    return visitor


def having(site: Site, *roles: str, user_id: str = "ann") -> Visitor:
    """A visitor whose token of another login has these roles."""
    visitor = site.visitor(user_id)
    token = site.runtime.issuer.issue(user_id, roles=roles).text
    visitor.tokens["Authorization"] = f"Bearer {token}"
    return visitor


async def patch(op: Visitor, **values: object) -> dict[str, Any]:
    """Change settings and return the report."""
    answer = await op.ask("PATCH", QUEUE, json=values)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def act(op: Visitor, action: str, body: object = None) -> dict[str, Any]:
    """Do something with the queue and return the answer."""
    answer = await op.post(f"{QUEUE}/{action}", body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def log(op: Visitor) -> list[dict[str, Any]]:
    """The whole log, newest first."""
    return list((await op.get(f"{QUEUE}/actions?limit=100")).json()["actions"])


async def log_of(op: Visitor) -> list[tuple[str, str]]:
    """Who did what, newest first."""
    return [(line["who"], line["action"]) for line in await log(op)]

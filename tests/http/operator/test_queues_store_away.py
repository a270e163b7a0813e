"""Steering a queue while its store is away."""

import pytest

from helpers.concerts import HALL
from helpers.http import open_site, problem_of
from yemae.settings import Settings

QUEUE = f"/v1/admin/concerts/{HALL}/queue"
NUMBERS = ("counts", "rates", "time_in_queue_s", "no_show_rate", "passes_ended")


@pytest.fixture
def without_valkey(settings: Settings) -> Settings:
    """An address where no Valkey is."""
    return settings.replace(valkey_url="valkey://127.0.0.1:1")


async def test_a_queue_can_be_paused_while_its_store_is_away(without_valkey: Settings) -> None:
    async with open_site(without_valkey) as site:
        op = site.visitor("op")
        token = site.runtime.issuer.issue("op", "operator").text
        op.tokens["Authorization"] = f"Bearer {token}"
        answer = await op.post(f"{QUEUE}/pause")
        assert answer.status_code == 200, answer.text
        report = answer.json()
        assert (report["state"], report["settings"]["active_limit"]) == ("paused", 100)
        assert [report[name] for name in NUMBERS] == [None] * len(NUMBERS)
        # What the waiting room itself has to do cannot be done; that it was asked for is logged.
        problem_of(await op.post(f"{QUEUE}/admit", {"count": 1}), 503, "store-unavailable")
        (asked, paused) = (await op.get(f"{QUEUE}/actions")).json()["actions"]
        assert (asked["action"], paused["action"]) == ("admit", "pause")

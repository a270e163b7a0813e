"""Fans buy through each shipped proxy while its nodes are restarted, and while one is killed."""

from pathlib import Path

import pytest

from helpers.serving import until
from helpers.shipped import NAMES, shipped
from helpers.under_load import check_books, kill, say, serves, two_nodes, under_load

pytestmark = [
    pytest.mark.deployment, pytest.mark.timeout(900), pytest.mark.parametrize("name", NAMES),
]  # fmt: skip


async def test_a_rolling_restart_of_two_nodes_fails_no_request(
    name: str,
    tmp_path: Path,
    database_url: str,
    valkey_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with two_nodes(tmp_path, database_url, valkey_url) as nodes:
        addresses = [f"127.0.0.1:{node.port}" for node in nodes]

        def restart() -> None:
            for node in nodes:
                assert node.end() == 0
                node.start()
                until(lambda node=node: serves(node))  # type: ignore[misc]

        with shipped(name, tmp_path / "proxy", addresses) as proxy:
            counted = await under_load(proxy, nodes, tmp_path, restart)
    say(capsys, f"rolling restart behind {name}: {counted.line()}")
    assert counted.failed == 0, counted.line()
    assert counted.broken_streams == 0
    # Each node had streams, and ended them.
    assert counted.ended_streams > 1
    check_books(counted)


async def test_a_killed_node_costs_a_moment_and_nothing_that_was_confirmed(
    name: str,
    tmp_path: Path,
    database_url: str,
    valkey_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    killed_at = 0.0
    with two_nodes(tmp_path, database_url, valkey_url) as nodes:
        addresses = [f"127.0.0.1:{node.port}" for node in nodes]

        def end_one() -> None:
            nonlocal killed_at
            killed_at = kill(nodes[0])
            nodes[0].start()
            until(lambda: serves(nodes[0]))

        with shipped(name, tmp_path / "proxy", addresses) as proxy:
            counted = await under_load(proxy, nodes, tmp_path, end_one)
    outage_s = counted.outage_s(killed_at)
    say(capsys, f"a node killed behind {name}: outage {outage_s} s; {counted.line()}")
    # Requests that the node was answering have no other way to end; all later ones have.
    assert counted.failed <= 0.02 * sum(counted.statuses.values()), counted.line()
    assert outage_s < 10
    check_books(counted)

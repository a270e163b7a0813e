"""The usual hall with the Korean cancellation policy, and the days on which it costs something."""

from datetime import UTC, datetime

import httpx

from helpers.concerts import SMALL, TEXT
from helpers.server import SECRET_KEY, Server
from helpers.time_travel import travel
from yemae.accounts.access import OPERATOR, Issuer
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.runtime import Runtime

POLICY = '\n[cancellation]\npreset = "kr-performance"\n'
# Of a ticket for 50,000, once it is not free any more and ten days remain.
FEE = 4_000


def cancellable(more: str = "") -> FileConcert:
    """The hall; its first date is on a Tuesday, and days are those of UTC."""
    return parse(TEXT.format(**SMALL) + POLICY + more, "hall.toml")


def go_to(runtime: Runtime, moment: datetime) -> None:
    """Go to a moment that is to come."""
    travel(runtime, (moment - runtime.now()).total_seconds())


def to_the_fee(runtime: Runtime) -> None:
    """Go on until cancelling costs a fee for each ticket."""
    travel(runtime, 8 * 86_400)


def to_the_day_before(runtime: Runtime, hour: int = 12) -> None:
    """Go to the day before the first date, on which it closes at 17:00."""
    # A second later, because the clocks of the stores are not exactly the same.
    go_to(runtime, datetime(2029, 12, 31, hour, second=1, tzinfo=UTC))


def call_off(server: Server, concert_id: str, wait_s: float) -> None:
    """Cancel a concert of a server, as an operator does."""
    path = f"{server.url}/v1/admin/concerts/{concert_id}/cancellation"
    headers = {"Authorization": f"Bearer {Issuer(SECRET_KEY, 3_600).issue('op', OPERATOR).text}"}
    done = httpx.post(path, headers=headers, json={"reason": "The singer is ill"}, timeout=wait_s)
    assert done.status_code == 202, done.text

"""A fan of the opening, who asks what the fan's page asks: join; poll at the given interval, and
look at the queue's public numbers every LOOK_S; inside the dates, the plan, the seat map's
stream and one look at the availability; then the hold, the wallet, a top-up and the payment.

The fan reads for a random time before each choice (READ_S, CHOOSE_S, REVIEW_S). Each buys two seats
next to each other that no other fan wants, and all dates sell at the same time. What the page keeps
or loads besides (its files, the concert's text, the fan's other orders) is left out.
"""

import random
import time
from collections.abc import Generator, Iterator

import msgspec

from bench.exchange import Ask, Walk
from bench.journeys import READ
from bench.load import get, post
from bench.serving import Concert
from bench.stage import FANS_MAX

READ_S = (1.0, 3.0)
CHOOSE_S = (3.0, 8.0)
REVIEW_S = (1.0, 3.0)
# As web/src/fan/queue/QueuePage.svelte.
LOOK_S = 10.0
# As a browser; only what no fan here reads may be compressed.
PACKED = "gzip, br"
SEATS = 15_000
DATES = 4
ABSENT_AFTER_S = 60
SEATS_EACH = 2

# The calls in the order of the journey.
CALLS = (
    "join", "poll", "queue", "dates", "plan", "stream", "availability", "hold", "wallet", "top_up",
    "pay",
)  # fmt: skip


def hall(admitted_per_s: float) -> Concert:
    """The concert, whose queue admits this number of fans."""
    return Concert(
        "bench-opening",
        active_limit=FANS_MAX,
        admit_per_minute=max(1, round(60 * admitted_per_s)),
        absent_after_s=ABSENT_AFTER_S,
        seats=SEATS,
        performances=DATES,
    )


def pairs(concert: Concert) -> Iterator[tuple[str, list[str]]]:
    """Two seats next to each other for each fan, of each date in turn."""
    for first in range(1, concert.seats, SEATS_EACH):
        for performance_id in concert.performance_ids:
            yield performance_id, [str(first), str(first + 1)]


def visit(
    concert_id: str, authorization: str, seats: tuple[str, list[str]], lot: random.Random
) -> Walk:
    """One fan, from the join to the payment."""
    entry_token = yield from _wait(concert_id, authorization)
    inside = {"authorization": authorization, "entry_token": entry_token}
    performance_id, numbers = seats
    performance = f"/v1/performances/{performance_id}"
    path = f"/v1/concerts/{concert_id}/performances"
    yield Ask("dates", get(path, accept_encoding=PACKED, **inside))
    plan = get(f"{performance}/plan", accept_encoding=PACKED)
    yield Ask("plan", plan, lot.uniform(*READ_S))
    yield Ask("stream", get(f"{performance}/availability/stream", **inside), is_stream=True)
    yield Ask("availability", get(f"{performance}/availability", accept_encoding=PACKED, **inside))
    wish = msgspec.json.encode({"performance_id": performance_id, "seats": numbers})
    hold = post("/v1/orders", wish, idempotency_key="hold", **inside)
    order = READ.decode((yield Ask("hold", hold, lot.uniform(*CHOOSE_S))))
    yield Ask("wallet", get("/v1/wallet", authorization=authorization), leaves=True)
    money = b'{"amount":%d}' % order.total
    top_up = post("/v1/wallet/top-ups", money, authorization=authorization, idempotency_key="money")
    yield Ask("top_up", top_up, lot.uniform(*REVIEW_S))
    yield Ask("pay", post(f"/v1/orders/{order.id}/payment", b"", idempotency_key="pay", **inside))


def _wait(concert_id: str, authorization: str) -> Generator[Ask, bytes, str]:
    """In line until admitted. Returns the entry token."""
    path = f"/v1/concerts/{concert_id}/queue"
    join = post(f"{path}-tokens", b"{}", authorization=authorization)
    place = READ.decode((yield Ask("join", join)))
    look, poll = get(path), get("/v1/queue-tokens/me", queue_token=place.queue_token)
    look_at = time.perf_counter()
    poll_at = look_at + place.poll_after_ms / 1000
    while place.state != "admitted":
        now = time.perf_counter()
        if look_at < poll_at:
            yield Ask("queue", look, max(0.0, look_at - now))
            look_at += LOOK_S
        else:
            place = READ.decode((yield Ask("poll", poll, max(0.0, poll_at - now))))
            poll_at = time.perf_counter() + place.poll_after_ms / 1000
    return place.entry_token

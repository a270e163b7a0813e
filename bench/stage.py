"""The concerts of the hot path's bench, and seats that are handed out once.

Prices are one for all. Passes are good for a day and holds for an hour (VARIABLES), so that nothing
expires while it is measured, and the sweep at second :00 finds nothing to do.
"""

from collections.abc import Iterator
from itertools import islice

from bench.serving import Concert
from yemae.concerts.files.hall import SEATS_MAX

# Loading the seats may take long on a busy machine.
VARIABLES = {"YEMAE_HOLD_TTL_S": "3600", "YEMAE_POSTGRES_TRANSACTION_TIMEOUT_S": "120"}
FANS_MAX = 1_000_000
PER_MINUTE_MAX = 10_000_000
HOT_SEATS = 20


def _open_to_all(concert_id: str, *, seats: int, performances: int = 1) -> Concert:
    return Concert(
        concert_id,
        active_limit=FANS_MAX,
        admit_per_minute=PER_MINUTE_MAX,
        seats=seats,
        performances=performances,
    )


# No fan is admitted.
LINE = Concert("bench-line")
HALL = _open_to_all("bench-hall", seats=50)
THEATRE = _open_to_all("bench-theatre", seats=2_000)
ARENA = _open_to_all("bench-arena", seats=15_000)
STADIUM = _open_to_all("bench-stadium", seats=SEATS_MAX)
SALE = _open_to_all("bench-sale", seats=SEATS_MAX, performances=5)
MIX = _open_to_all("bench-mix", seats=50_000, performances=2)
RUSH = _open_to_all("bench-rush", seats=HOT_SEATS, performances=20)
WALK = _open_to_all("bench-walk", seats=2_000, performances=6)

CONCERTS = (LINE, HALL, THEATRE, ARENA, STADIUM, SALE, MIX, RUSH, WALK)


class Seats:
    """Hands out each seat of a concert once."""

    def __init__(self, concert: Concert) -> None:
        self._left: Iterator[tuple[str, str]] = (
            (performance_id, str(number))
            for performance_id in concert.performance_ids
            for number in range(1, concert.seats + 1)
        )

    def take(self, count: int) -> list[tuple[str, str]]:
        """The next seats, as (performance id, number)."""
        taken = list(islice(self._left, count))
        assert len(taken) == count, "the concert has too few seats for this bench"
        return taken

"""The counts of a process of fans, and the sum of several."""

from typing import Literal, get_args

import msgspec

from yemae.rehearsal.histogram import Histogram

# The calls of the journey, in its order.
Call = Literal["challenge", "join", "poll", "dates", "seats", "hold", "top_up", "pay", "leave"]
CALLS: tuple[Call, ...] = get_args(Call)

# The state of a fan.
Where = Literal["to_come", "waiting", "inside", "holding", "gone"]

# How a fan's journey ended.
Outcome = Literal[
    "bought", "no_seat", "gave_up", "walked_away", "held_only", "too_late", "refused", "failed",
    "unfinished",
]  # fmt: skip
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


# The status of a request without an answer.
NO_ANSWER = 0


class AdmittedFan(msgspec.Struct, frozen=True, array_like=True):
    """An admitted fan: the queue number, the lane, and the second of the admission."""

    number: int
    lane: str
    at_s: int


class Sale(msgspec.Struct, frozen=True, array_like=True):
    """A confirmed payment: the paid order and its seats."""

    order_id: str
    performance_id: str
    seats: tuple[str, ...]
    amount: int


class Tally(msgspec.Struct):
    """Counts; all but `people` only grow."""

    calls: dict[str, Histogram] = {}
    # Answers by status.
    statuses: dict[int, int] = {}
    # Problem documents by their slug.
    refusals: dict[str, int] = {}
    people: dict[str, int] = {}
    outcomes: dict[str, int] = {}
    in_queue: Histogram = msgspec.field(default_factory=Histogram)
    # How long requests waited for a connection of the client.
    for_connection: Histogram = msgspec.field(default_factory=Histogram)
    # From the admission to the end of the journey.
    inside: Histogram = msgspec.field(default_factory=Histogram)
    # Fans who were admitted and found no seat left.
    inside_in_vain: int = 0
    seats_held: int = 0
    seats_sold: int = 0
    # Orders whose payment left a wrong balance.
    wrong_balances: list[str] = []
    # Processor time of the client.
    cpu_s: float = 0.0
    admissions: list[AdmittedFan] = []
    sales: list[Sale] = []

    def answered(self, call: Call, status: int, seconds: float) -> None:
        """Count an answer."""
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.calls.setdefault(call, Histogram()).add(seconds)

    def refused(self, slug: str) -> None:
        """Count a refusal."""
        self.refusals[slug] = self.refusals.get(slug, 0) + 1

    def move(self, fans_from: Where, fans_to: Where) -> None:
        """Count a fan in another state."""
        self.people[fans_from] = self.people.get(fans_from, 0) - 1
        self.people[fans_to] = self.people.get(fans_to, 0) + 1

    def ended(self, outcome: Outcome) -> None:
        """Count the end of a journey."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1

    @property
    def requests(self) -> int:
        """The number of requests, answered or not."""
        return sum(self.statuses.values())

    @property
    def faults(self) -> int:
        """Requests with a 5xx other than 503, or without an answer."""
        return sum(count for status, count in self.statuses.items() if is_fault(status))


def is_fault(status: int) -> bool:
    """Whether a status is a fault of the server; 503 is the right answer under overload."""
    return status == NO_ANSWER or (status >= 500 and status != 503)


def add_up(tallies: list[Tally]) -> Tally:
    """The sum of the tallies of all processes."""
    whole = Tally()
    for tally in tallies:
        for call, histogram in tally.calls.items():
            whole.calls.setdefault(call, Histogram()).merge(histogram)
        for name in ("statuses", "refusals", "people", "outcomes"):
            counts = getattr(whole, name)
            for key, count in getattr(tally, name).items():
                counts[key] = counts.get(key, 0) + count
        for name in ("in_queue", "for_connection", "inside"):
            getattr(whole, name).merge(getattr(tally, name))
        for name in ("seats_held", "seats_sold", "inside_in_vain", "cpu_s"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
        for name in ("wrong_balances", "admissions", "sales"):
            getattr(whole, name).extend(getattr(tally, name))
    return whole

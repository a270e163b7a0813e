"""What this process has counted for the history of sales, until a job sends it to Valkey.

Counting is an addition in memory, so it costs a request nothing; once a second a job takes what has
gathered and adds it to the counts of all processes.
"""

from collections import Counter

# Of the whole server, not of one concert. No id of a concert has a colon.
SERVER = ""
LATENCIES = ":latencies"
SPLIT_BATCHES = ":split-batches"

_counted: Counter[tuple[str, str]] = Counter()


def count(concert_id: str, name: str, number: int = 1) -> None:
    """Count something of a concert, or of the server."""
    _counted[concert_id, name] += number


def take() -> dict[str, dict[str, int]]:
    """What was counted since it was last taken: by concert, then by name."""
    taken: dict[str, dict[str, int]] = {}
    for (concert_id, name), number in _counted.items():
        taken.setdefault(concert_id, {})[name] = number
    _counted.clear()
    return taken

"""The Valkey keys of a queue. prelude.lua says what each holds.

In this folder `concert_id` is the id of a queue: of the concert, or of a phase of its sale.
"""

PARTS = (
    "line", "seen", "absent", "gone", "active", "passes", "unused", "ended", "blocks", "rates",
    "waits", "arrivals", "meta", "own_ends",
)  # fmt: skip


def keys_of(concert_id: str) -> list[str]:
    """Every key of a queue; the braces keep them on one shard of a cluster."""
    return [f"yemae:{{{concert_id}}}:{part}" for part in PARTS]

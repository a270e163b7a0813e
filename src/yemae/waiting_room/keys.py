"""The Valkey keys of a concert's queue. prelude.lua says what each holds."""

PARTS = (
    "line", "seen", "absent", "gone", "active", "passes", "unused", "ended", "blocks", "rates",
    "waits", "arrivals", "meta", "own_ends",
)  # fmt: skip


def keys_of(concert_id: str) -> list[str]:
    """Every key of a concert; the braces keep them on one shard of a cluster."""
    return [f"yemae:{{{concert_id}}}:{part}" for part in PARTS]

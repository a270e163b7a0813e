"""The concert that tests sell, as a concert file; `GOOD` is a file that uses everything."""

from pathlib import Path

from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.concerts.files.writing import LoadResult, write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.settings import Settings
from yemae.store.postgres import Postgres

GOOD = Path(__file__).with_name("good.toml").read_text(encoding="utf-8")
HALL = "hall"
FIRST = "hall-1"
SECOND = "hall-2"
SEAT_PRICE = 50_000
SEATS = [str(number) for number in range(1, 11)]

TEXT = """
id = "{concert_id}"
title = "Test"
artist = "Testers"
venue = "Hall"
sale_opens_at = 2026-01-01T00:00:00Z
seat_limit = {seat_limit}
numbering = "{{seat}}"

[queue]
active_limit = {active_limit}
admit_per_minute = {admit_per_minute}
entry_ttl_s = {entry_ttl_s}
absent_after_s = {absent_after_s}

[[grades]]
name = "R"
price = 50000

[[sections]]
name = "Floor"
grade = "R"
rows = ["A:1-{seats}"]

[[performances]]
id = "{concert_id}-1"
starts_at = 2030-01-01T10:00:00Z

[[performances]]
id = "{concert_id}-2"
starts_at = 2030-01-02T10:00:00Z
"""
# The values for ten seats and a queue that admits every fan.
SMALL = {
    "concert_id": "hall",
    "seats": 10,
    "seat_limit": 4,
    "active_limit": 100,
    "admit_per_minute": 600,
    "entry_ttl_s": 600,
    "absent_after_s": 45,
}


def concert(
    *,
    concert_id: str = HALL,
    seats: int = 10,
    seat_limit: int = 4,
    active_limit: int = 100,
    admit_per_minute: int = 60_000,
    entry_ttl_s: int = 600,
    absent_after_s: int = 45,
) -> FileConcert:
    """A concert of `seats` seats at 50 000 won on two dates; the sale is open."""
    return parse(TEXT.format(**locals()), f"{concert_id}.toml")


async def load_concert(settings: Settings, wanted: FileConcert | None = None) -> None:
    """Write a concert (or the usual one) into the database of these settings."""
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        await write(tx, "test", wanted or concert(), PresaleCodes(settings.stores.secret_key))


def said(result: LoadResult) -> list[str]:
    """The lines of the diff of a load."""
    return [str(change) for change in result.changes]

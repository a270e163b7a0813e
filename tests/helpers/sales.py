"""The hall with phases of its sale, at times around the present."""

from datetime import UTC, datetime, timedelta

import httpx

from helpers.concerts import HALL, SMALL, TEXT
from helpers.http import Site, Visitor
from yemae.concerts.files.concert_file import FileConcert, parse

PRESALE, LATE, CODE = "hall-presale", "hall-late", "STAR-2030"

# The only sale of the usual hall, as the API shows it.
GENERAL_SALE: dict[str, object] = {
    "id": HALL,
    "name": None,
    "name_en": None,
    "opens_at": "2026-01-01T00:00:00.000Z",
    "opens_at_local": "2026-01-01T00:00:00.000+00:00",
    "ends_at": "2030-01-02T10:00:00.000Z",
    "ends_at_local": "2030-01-02T10:00:00.000+00:00",
    "state": "open",
    "queueing_method": "fifo",
    "seat_limit": 4,
    "needs": [],
}

# A general sale that is over, and a later phase of all dates.
ENDED = "sale_ends_at = 2026-01-02T00:00:00Z"
LAST_CALL = """
[[sales]]
id = "hall-last-call"
name = "Last call"
opens_at = 2029-06-01T11:00:00Z
prequeue_opens_at = 2029-05-31T11:00:00Z
"""

SALES = """
[[sales]]
id = "{presale}"
name = "팬클럽 선예매"
name_en = "Fan club presale"
opens_at = {presale_opens}
ends_at = {presale_ends}
codes = ["{code}"]
group = "fanclub"
seat_limit = 2
{more}

[[sales]]
id = "{late}"
name = "추가 회차"
opens_at = {late_opens}

[[performances]]
id = "hall-3"
starts_at = 2030-01-03T10:00:00Z
sales = ["{late}"]
"""


def in_phases(more: str = "") -> FileConcert:
    """The hall in a presale, which is open for an hour; its general sale opens in half an hour, and
    so does the third date, which has a sale of its own."""
    now = datetime.now(UTC)

    def at(seconds: float) -> str:
        return f"{now + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"

    text = TEXT.format(**SMALL) + SALES.format(
        presale=PRESALE,
        late=LATE,
        code=CODE,
        presale_opens=at(-60),
        presale_ends=at(3_600),
        late_opens=at(1_800),
        more=more,
    )
    text = text.replace("2026-01-01T00:00:00Z", at(1_800))
    for number in (1, 2):
        text = text.replace(
            f'id = "hall-{number}"\n', f'id = "hall-{number}"\nsales = ["general", "{PRESALE}"]\n'
        )
    return parse(text, "hall.toml")


async def inside(site: Site, name: str) -> Visitor:
    """A fan of the presale who has come in."""
    fan = site.visitor(name)
    joined = await with_code(fan)
    assert (joined.status_code, joined.json()["sale"]) == (201, PRESALE)
    await site.admit(PRESALE)
    assert await fan.poll() == "admitted"
    return fan


async def with_code(fan: Visitor, code: str = CODE, where: str = HALL) -> httpx.Response:
    """Join with a presale code, and keep the token of the place."""
    joined = await fan.post(f"/v1/concerts/{where}/queue-tokens", {"presale_code": code})
    if "queue_token" in joined.json():
        fan.tokens["Queue-Token"] = joined.json()["queue_token"]
    return joined

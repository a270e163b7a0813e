"""A concert whose sale opens on a day to come, and what its queue says."""

from datetime import UTC, datetime, timedelta

import msgspec

from helpers.concerts import HALL, concert
from helpers.http import Site
from yemae.concerts.files.concert_file import FileConcert

QUEUE = f"/v1/concerts/{HALL}/queue"


JOIN = f"/v1/concerts/{HALL}/queue-tokens"


PLACE = "/v1/queue-tokens/me"


def planned(days: float = 1, prequeue_days: float | None = None, **queue: object) -> FileConcert:
    """A concert whose sale opens in this number of days."""
    now = datetime.now(UTC).replace(microsecond=0)
    usual = concert()
    return msgspec.structs.replace(
        usual,
        sale_opens_at=now + timedelta(days=days),
        prequeue_opens_at=None if prequeue_days is None else now + timedelta(days=prequeue_days),
        queue=msgspec.structs.replace(usual.queue, **queue),
    )


async def queue_of(site: Site) -> dict[str, object]:
    answer: dict[str, object] = (await site.get(QUEUE)).json()
    return answer


async def tells(site: Site, field: str, value: object) -> bool:
    return (await queue_of(site))[field] == value

"""A hall with an area without seats, beside a row of seats."""

from helpers.concerts import TEXT
from yemae.concerts.files.concert_file import FileConcert, parse
from yemae.concerts.files.writing import write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime
from yemae.sale.hold import of_areas
from yemae.sale.spots import SpotsWanted
from yemae.settings import Settings
from yemae.store.postgres import Postgres

STANDING = "스탠딩 A"
PIT = "PIT"
STANDING_PRICE = 70_000


def standing_hall(
    capacity: int = 6, *, pit: int = 3, seats: int = 4, seat_limit: int = 4, more: str = ""
) -> FileConcert:
    """Seats 1 to `seats`, the spots 스탠딩A-1 to 스탠딩A-`capacity`, and PIT-1 to PIT-`pit`."""
    filled = TEXT.format(
        concert_id="hall",
        seats=seats,
        seat_limit=seat_limit,
        active_limit=100,
        admit_per_minute=60_000,
        entry_ttl_s=600,
        absent_after_s=45,
    )
    areas = f"""
[[grades]]
name = "ST"
price = {STANDING_PRICE}

[[areas]]
name = "{STANDING}"
grade = "ST"
capacity = {capacity}

[[areas]]
name = "{PIT}"
grade = "ST"
capacity = {pit}

[[performances]]"""
    return parse(filled.replace("\n[[performances]]", areas, 1) + more, "hall.toml")


async def load(settings: Settings, concert: FileConcert) -> None:
    """Write a concert into the database of these settings."""
    async with Postgres(settings) as postgres, postgres.transaction() as tx:
        await write(tx, "hall.toml", concert, PresaleCodes(settings.stores.secret_key))


async def spots_of(runtime: Runtime, performance_id: str, **wanted: int) -> tuple[SpotsWanted, ...]:
    """Spots of areas, as `hold_seats` makes them of a wish."""
    names = {"standing": STANDING, "pit": PIT}
    performance = runtime.catalogue.performance(performance_id)
    plan = (await runtime.plans.unpacked(performance)).plan
    return of_areas([(names[name], count) for name, count in wanted.items()], plan)

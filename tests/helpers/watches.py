"""A watch of a performance, and which seats it shows as taken."""

from helpers.concerts import FIRST
from helpers.http import until
from yemae.concerts.seat_map.watch import Watch
from yemae.runtime import Runtime


async def watching(runtime: Runtime) -> Watch:
    """Watch, and be sure that notices are heard."""
    watch = await runtime.availability.watch(runtime.catalogue.performance(FIRST))

    async def listening() -> bool:
        async with runtime.postgres.transaction() as tx:
            rows = await tx.fetch(LISTENERS)
        return bool(rows) and not watch.has_to_read

    await until(listening)
    return watch


LISTENERS = (
    b"select pid from pg_stat_activity where application_name = 'yemae listener' "
    b"and datname = current_database() and state = 'idle' and query like 'listen%%'"
)


def taken(watch: Watch) -> set[str]:
    numbers = watch.plan.plan.seats.number
    return {number for place, number in enumerate(numbers) if watch.taken.is_taken(place)}


async def shows(watch: Watch, *numbers: str) -> None:
    async def so() -> bool:
        return taken(watch) == set(numbers)

    await until(so)


class Forgetful(list):  # type: ignore[type-arg]
    """A list that keeps nothing."""

    def append(self, _: object) -> None:
        """Keep nothing."""


UNHEARD = Forgetful()

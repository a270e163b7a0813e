"""The log is read newest first, of all concerts or of some."""

from yemae.back_office import action_log
from yemae.back_office.action_log import LogFilter
from yemae.concerts import controls
from yemae.runtime import Runtime

# Concerts that were removed have lines, too.
WRITTEN = ["one", "two", "one", "three", "two"]


async def written(runtime: Runtime) -> None:
    async with runtime.postgres.transaction() as tx:
        for number, concert_id in enumerate(WRITTEN):
            details = {"number": number}
            await controls.log(tx, runtime.new_id(), concert_id, "cli:ann", "pause", details)


async def found(
    runtime: Runtime, concerts: set[str] | None, concert_id: str | None = None, limit: int = 9
) -> list[int]:
    wanted = LogFilter(concert_id=concert_id, who="cli:ann")
    lines = await action_log.find(runtime, wanted, concerts=concerts, before=None, limit=limit)
    return [line.details["number"] for line in lines]


async def test_lines_of_several_concerts_are_read_newest_first(runtime: Runtime) -> None:
    await written(runtime)
    assert await found(runtime, None) == [4, 3, 2, 1, 0]
    assert await found(runtime, {"one", "two"}) == [4, 2, 1, 0]
    assert await found(runtime, {"one", "two"}, limit=2) == [4, 2]
    assert await found(runtime, None, "two") == [4, 1]


async def test_a_concert_that_is_not_allowed_has_no_lines(runtime: Runtime) -> None:
    await written(runtime)
    assert await found(runtime, {"one"}, "one") == [2, 0]
    assert await found(runtime, {"one"}, "two") == []
    assert await found(runtime, set()) == []

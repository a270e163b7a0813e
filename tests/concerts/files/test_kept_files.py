"""The file of a concert is kept with a load, and its presale codes stay where they are."""

import pytest

from helpers.concerts import HALL, SMALL, TEXT
from yemae.concerts.files import kept_files
from yemae.concerts.files.concert_file import ConcertFileError, parse
from yemae.concerts.files.writing import LoadResult, write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime

CODES = ["STAR-1", "STAR-2"]
LANE = '\n[[queue.lanes]]\nname = "gold"\nshare = 30\ncodes = ["STAR-1", "STAR-2"]\n'
SALE = """
[[sales]]
id = "hall-presale"
name = "Presale"
opens_at = 2025-12-28T20:00:00+09:00
codes = ["STAR-1", "STAR-2"]
"""
USUAL = TEXT.format(**SMALL | {"admit_per_minute": 60_000})
TEXT_WITH_CODES = USUAL.replace("[[grades]]", f"{LANE}{SALE}\n[[grades]]")


async def load(runtime: Runtime, text: str) -> LoadResult:
    async with runtime.postgres.transaction() as tx:
        codes = PresaleCodes(runtime.settings.stores.secret_key)
        result = await write(tx, "hall.toml", parse(text, "hall.toml"), codes)
    await runtime.catalogue.refresh()
    return result


async def kept(runtime: Runtime) -> str:
    async with runtime.postgres.transaction() as tx:
        file = await kept_files.read(tx, HALL)
    assert file is not None
    return file.content


def hashes(runtime: Runtime) -> list[frozenset[str]]:
    queues = runtime.catalogue.queues
    return [queues[HALL].lanes[0].code_hashes, queues["hall-presale"].phase.code_hashes]


async def test_a_file_that_comes_back_changes_nothing(runtime: Runtime) -> None:
    await load(runtime, TEXT_WITH_CODES)
    before = hashes(runtime)
    text = await kept(runtime)
    assert "STAR" not in text
    assert text.count("keep_codes = true") == 2
    again = await load(runtime, text)
    assert again.changes == []
    assert hashes(runtime) == before
    assert await kept(runtime) == text


async def test_codes_are_added_to_those_that_are_kept(runtime: Runtime) -> None:
    await load(runtime, TEXT_WITH_CODES)
    before = hashes(runtime)
    text = (await kept(runtime)).replace("keep_codes = true", 'keep_codes = true\ncodes = ["X-99"]')
    added = await load(runtime, text)
    assert [change.what for change in added.changes] == ["lanes", "sale hall-presale: codes"]
    for was, becomes in zip(before, hashes(runtime), strict=True):
        assert was < becomes
        assert len(becomes) == 3


@pytest.mark.parametrize(
    ("part", "field"),
    [(LANE, "queue.lanes[0].keep_codes"), (SALE, "sales[0].keep_codes")],
)
async def test_codes_that_there_are_not_cannot_be_kept(
    runtime: Runtime, part: str, field: str
) -> None:
    asks = part.replace('codes = ["STAR-1", "STAR-2"]', "keep_codes = true")
    with pytest.raises(ConcertFileError, match="this server has none") as refused:
        await load(runtime, USUAL.replace("[[grades]]", f"{asks}\n[[grades]]"))
    assert refused.value.path == field

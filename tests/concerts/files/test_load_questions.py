"""What a load asks about after the first sale: a yes is for the changes that were shown."""

from collections.abc import Iterable

import pytest

from helpers.concerts import SMALL, TEXT
from helpers.fans import Fan
from yemae.concerts.files.concert_file import parse
from yemae.concerts.files.writing import (
    Agreement,
    LoadResult,
    NotAgreedError,
    write_all,
)
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime

USUAL = TEXT.format(**SMALL | {"admit_per_minute": 60_000})
DEARER = USUAL.replace("price = 50000", "price = 60000")


async def load(runtime: Runtime, text: str, agreed: Iterable[Agreement]) -> LoadResult:
    codes = PresaleCodes(runtime.settings.stores.secret_key)
    async with runtime.postgres.transaction() as tx:
        concerts = [("hall.toml", parse(text, "hall.toml"))]
        (result,) = await write_all(tx, concerts, codes, frozenset(agreed))
    return result


async def asked(
    runtime: Runtime, text: str, agreed: Iterable[Agreement] = ()
) -> frozenset[Agreement]:
    """What a yes to this load would agree to."""
    with pytest.raises(NotAgreedError) as refused:
        await load(runtime, text, agreed)
    (result,) = refused.value.results
    return frozenset(result.agreements())


async def test_a_yes_is_for_the_changes_that_were_shown(runtime: Runtime) -> None:
    await Fan(runtime, "ann").hold("1")
    agreed = await asked(runtime, DEARER)
    other = USUAL.replace("price = 50000", "price = 70000")
    assert await asked(runtime, other, agreed) != agreed
    assert (await load(runtime, DEARER, agreed)).questions
    assert (await load(runtime, DEARER, ())).questions == []


async def test_a_yes_lasts_while_more_seats_are_sold(runtime: Runtime) -> None:
    await Fan(runtime, "ann").hold("1")
    agreed = await asked(runtime, DEARER)
    await Fan(runtime, "ben").hold("2")
    assert (await load(runtime, DEARER, agreed)).questions


async def test_a_hold_that_was_released_is_no_sale(runtime: Runtime) -> None:
    fan = Fan(runtime, "ann")
    await fan.release((await fan.hold("1")).id)
    assert (await load(runtime, DEARER, ())).questions == []

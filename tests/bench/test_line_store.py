"""The bench fills lines as fans would, and reads Valkey's own counts."""

from bench.line_store import LineStore, new_fans
from helpers.concerts import HALL
from yemae.runtime import Runtime


async def test_a_filled_line_has_this_number_of_fans_and_their_places_can_be_polled(
    runtime: Runtime,
) -> None:
    store = LineStore(runtime.settings)
    try:
        kept = await store.fill(HALL, 1_200, 300)
        assert await store.waiting(HALL) == 1_200
        assert 290 <= len(set(kept)) <= 310
        assert await store.fill(HALL, 10, 10) != []
        await store.reset_counts()
        assert await store.waiting(HALL) == 1_210
        assert (await store.slowest()).ms >= 0
        assert (await store.commandstats())["evalsha"]["calls"] >= 1
        assert await store.used_bytes() > 0
    finally:
        await store.close()


def test_fans_have_ids_as_sign_up_gives_them() -> None:
    fans = new_fans(100)
    assert len(set(fans)) == 100
    assert {len(fan) for fan in fans} == {36}

"""The rows of card payment in miniature, and the bank beside the server."""

from bench.checkouts import Checkouts, bank_beside
from bench.hot_path import prove
from bench.sale import Sale
from bench.serving import serving
from bench.stage import SALE
from bench.timed import Effort

# Requests run out long before the seconds do.
ENOUGH = Effort(seconds=30.0, connections=8, warm_up_s=0.0)
IN_FLIGHT = 10


async def test_every_card_payment_is_counted_and_holds_go_on_beside_them() -> None:
    small = SALE._replace(seats=200, performances=1)
    async with bank_beside(delay_ms=20) as bank:
        with serving([small], {"YEMAE_PAYMENT_KEYS": bank}, pinned=False) as bench:
            sale = Sale(bench, ENOUGH, requests=20)
            cards = Checkouts(bench, ENOUGH, sale, bank, in_flight=IN_FLIGHT)
            paid = await cards.checkout()
            assert (paid.ok, paid.statuses) == (3 * IN_FLIGHT, {201: 3 * IN_FLIGHT})
            assert paid.p50_ms >= 20
            held = await cards.holds_beside()
            assert (held.ok, held.answers) == (20, 20)
            await prove(bench)

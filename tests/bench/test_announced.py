"""The rows of payments that are announced, in miniature, and the receivers beside the server."""

import pytest

from bench.announced import Announced, receivers_beside
from bench.hot_path import prove
from bench.load import LoadError, drive, post
from bench.receivers import HOOKS
from bench.sale import Sale
from bench.serving import serving
from bench.stage import SALE
from bench.timed import Effort

PAYMENTS, AHEAD = 6, 2
# Requests run out long before the seconds do.
ENOUGH = Effort(seconds=30.0, connections=8, warm_up_s=0.0)


async def test_slow_receivers_keep_no_payment_waiting_and_each_hears_of_all_once() -> None:
    small = SALE._replace(seats=50, performances=1)
    async with receivers_beside() as receivers:
        with serving([small], receivers.variables, pinned=False) as bench:
            sale = Sale(bench, ENOUGH)
            paying = Announced(bench, ENOUGH, sale, receivers.port, payments=PAYMENTS, ahead=AHEAD)
            for row in (paying.pay, paying.beside_slow_mail, paying.beside_slow_webhook):
                shot = await row()
                assert (shot.ok, shot.statuses) == (PAYMENTS, {201: PAYMENTS})
            await prove(bench)
            unknown = post(HOOKS, webhook_id="unknown")
            await drive(receivers.port, [unknown], seconds=5.0, connections=1, warm_up_s=0.0)
            with pytest.raises(LoadError, match="not everything has arrived once"):
                await paying.require_arrived_once()

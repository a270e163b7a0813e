"""What a batch asks of the stores: statements and round trips to PostgreSQL, calls to Valkey.

The same for one request and for ten, and no more than is written here: whatever is added to a hot
verb has to be paid for by each batch of an on-sale.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from helpers.concerts import HALL, SECOND
from helpers.fans import Fan
from helpers.sales import PRESALE, in_phases
from helpers.work import Work, counted, work_of
from yemae.back_office import webhooks
from yemae.concerts.files.writing import write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime
from yemae.sale import gate, hold, join, pay, places, top_up
from yemae.sale.join import JoinRequest
from yemae.settings import Settings
from yemae.wallet.decide import TopUpRequest


@pytest.fixture(params=["no mail", "mail"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Of a server without mail, and of one that writes to its fans."""
    if request.param == "mail":
        return settings.replace(smtp_url="smtps://mail.test", mail_from="tickets@example.com")
    return settings.replace(mode="production", top_ups="free")


@pytest.fixture
async def fans(runtime: Runtime) -> list[Fan]:
    """Fans inside, with money, each with an order; the scripts are loaded."""
    fans = [Fan(runtime, f"fan-{number}") for number in range(5)]
    for number, fan in enumerate(fans):
        await fan.enter()
        await fan.top_up()
        await fan.check_entry()
        await fan.hold(str(number + 1))
    last = Fan(runtime, "last")
    await last.enter()
    await last.top_up()
    await last.hold("10")
    await last.pay()
    return fans


async def work_of_each(runtime: Runtime, fans: list[Fan]) -> dict[str, Work]:
    """By verb."""
    users = [fan.user_id for fan in fans]
    joins = [
        JoinRequest(fan.concert_id, f"new-{user}") for fan, user in zip(fans, users, strict=True)
    ]
    seats = [str(int(user[-1]) + 6) for user in users]
    holds = [fan.hold_request(seat) for fan, seat in zip(fans, seats, strict=True)]
    keyed = [
        fan.hold_request(seat, performance=SECOND, key="key")
        for fan, seat in zip(fans, seats, strict=True)
    ]
    pays = [fan.pay_request(key="key") for fan in fans]
    top_ups = [TopUpRequest(user, 1, f"top-up-{user}") for user in users]
    tokens = [token for fan in fans if (token := fan.token)]
    entries = [entry for fan in fans if (entry := fan.entry)]
    assert len(tokens) == len(entries) == len(fans)
    verbs: dict[str, Callable[[], Awaitable[Any]]] = {
        "join": lambda: join.join(runtime, joins),
        "place": lambda: places.place(runtime, tokens),
        "check_entry": lambda: gate.check_entry(runtime, entries),
        "hold": lambda: hold.hold(runtime, holds, wait=False),
        "hold with keys": lambda: hold.hold(runtime, keyed, wait=False),
        "hold again": lambda: hold.hold(runtime, keyed, wait=False),
        "top_up": lambda: top_up.top_up(runtime, top_ups, wait=False),
        "pay": lambda: pay.pay(runtime, pays, wait=False),
        "pay again": lambda: pay.pay(runtime, pays, wait=False),
    }
    return {name: await work_of(verb) for name, verb in verbs.items()}


__all__ = ["counted"]

EXPECTED = {
    "join": Work(valkey_calls=1),
    "place": Work(valkey_calls=1),
    "check_entry": Work(valkey_calls=1),
    "hold": Work(statements=8, round_trips=2, valkey_calls=1),
    "hold with keys": Work(statements=9, round_trips=2, valkey_calls=1),
    "hold again": Work(statements=7, round_trips=2),
    "top_up": Work(statements=8, round_trips=2),
    "pay": Work(statements=14, round_trips=2, valkey_calls=1),
    "pay again": Work(statements=8, round_trips=2),
}


@pytest.mark.parametrize("count", [1, 4])
async def test_a_batch_of_a_verb_asks_this_of_the_stores(
    runtime: Runtime, fans: list[Fan], count: int
) -> None:
    found = await work_of_each(runtime, fans[:count])
    pay_work = EXPECTED["pay"]
    if runtime.settings.tells_fans():
        # The messages of all payments of the batch, in the same round trips.
        pay_work = pay_work._replace(statements=pay_work.statements + 1)
    assert found == {**EXPECTED, "pay": pay_work}


async def test_an_endpoint_that_wants_paid_orders_is_one_statement_more_for_a_batch_of_payments(
    runtime: Runtime, fans: list[Fan]
) -> None:
    pays = [fan.pay_request() for fan in fans]
    before = await work_of(partial(pay.pay, runtime, pays[:1], wait=False))
    url = "https://receiver.invalid/"
    await webhooks.add_endpoint(runtime, "op", url, ["order.cancelled"])
    assert await work_of(partial(pay.pay, runtime, pays[1:2], wait=False)) == before
    await webhooks.add_endpoint(runtime, "op", url, ["order.paid"])
    after = await work_of(partial(pay.pay, runtime, pays[2:], wait=False))
    assert after == before._replace(statements=before.statements + 1)


async def test_an_allotment_is_one_statement_more_for_its_phase_and_nothing_for_the_others(
    runtime: Runtime,
) -> None:
    async with runtime.postgres.transaction() as tx:
        codes = PresaleCodes(runtime.settings.stores.secret_key)
        await write(tx, "hall.toml", in_phases("allotment = 5"), codes)
    await runtime.catalogue.refresh()
    fans = [Fan(runtime, f"fan-{id_}", id_) for id_ in (HALL, PRESALE)]
    for fan, seat in zip(fans, "34", strict=True):
        await fan.hold(seat)
    free, counted = [
        await work_of(partial(hold.hold, runtime, [fan.hold_request(seat)]))
        for fan, seat in zip(fans, "12", strict=True)
    ]
    assert counted == free._replace(statements=free.statements + 1)

"""Load a concert, sell of every part of its hall, and see that everything agrees."""

import random
from typing import NamedTuple

import msgspec

from helpers.areas import load
from helpers.fans import Fan, carried_out
from helpers.reconcile import assert_reconciled
from yemae.concerts.files.concert_file import FileConcert
from yemae.concerts.performance import Performance
from yemae.concerts.seat_map.free_list import FreeList
from yemae.orders.order import Order
from yemae.refusals import AreaFull
from yemae.runtime import Runtime
from yemae.sale import hold
from yemae.sale.decide_holds import HoldRequest
from yemae.sale.hold import of_areas

FANS_MAX = 60


class Sold(NamedTuple):
    """How many were sold, and how many are held."""

    sold: int
    held: int


async def sell_some(runtime: Runtime, concert: FileConcert, lot: random.Random) -> Sold:
    """Fans hold a few seats of each section and spots of each area of the first date; every second
    pays. Nothing is left out, nothing is sold twice, the lists agree, the books add up."""
    await load(runtime.settings, concert)
    await runtime.catalogue.refresh()
    performance = runtime.catalogue.performance(concert.performances[0].id)
    fans = [Fan(runtime, f"{concert.id}-{n}", concert.id) for n in range(FANS_MAX)]
    sold = held = 0
    for n, wish in enumerate(_wishes(concert, lot)):
        fan = fans[n % FANS_MAX]
        seats, areas = wish
        request = fan.hold_request(*seats, performance=performance.id)
        request = request._replace(spots=of_areas(areas, concert.plan), seat_limit=1_000)
        (answer,) = await carried_out(hold.hold(runtime, [request]))
        assert isinstance(answer, Order), answer
        assert len(answer.seat_numbers) == len(seats) + sum(count for _, count in areas)
        if n % 2:
            held += len(answer.seat_numbers)
            continue
        if answer.total:
            await fan.top_up(answer.total, f"top-up-{n}")
        fan.order = answer
        await fan.pay()
        sold += len(answer.seat_numbers)
    await _agree(runtime, performance, concert, sold + held)
    await assert_reconciled(runtime)
    return Sold(sold, held)


def _wishes(
    concert: FileConcert, lot: random.Random
) -> list[tuple[list[str], list[tuple[str, int]]]]:
    """Seats of each section, spots of each area, and both together."""
    plan = concert.plan
    wishes: list[tuple[list[str], list[tuple[str, int]]]] = []
    for section in plan.sections:
        numbers = plan.seats.number[section.first_seat : section.first_seat + section.seats]
        wishes.append((lot.sample(numbers, min(2, len(numbers))), []))
    wishes += [([], [(area.name, min(lot.randint(1, 4), area.seats))]) for area in plan.areas]
    if wishes and plan.sections and plan.areas:
        taken = {number for seats, _ in wishes for number in seats}
        free = [number for number in plan.seats.number if number not in taken]
        if free and plan.areas[-1].seats > 4:
            wishes.append(([lot.choice(free)], [(plan.areas[-1].name, 1)]))
    return wishes


async def _agree(
    runtime: Runtime, performance: Performance, concert: FileConcert, gone: int
) -> None:
    """The seats in memory, the list made of them and that of PostgreSQL say the same."""
    assert performance.seats_total == len(concert.seats)
    watch = await runtime.availability.watch(performance, 0.0)
    assert watch.taken.free == len(concert.seats) - gone
    made = FreeList(watch.plan, performance.plan or "")
    for _ in made.make(watch.taken, 1):
        pass
    async with runtime.postgres.transaction() as tx:
        read = await runtime.seat_lists.read(tx, performance.key)
    from_memory, from_store = (msgspec.json.decode(each.body) for each in (made.listed, read))
    assert from_memory["seats"] == from_store["seats"]
    assert from_memory.get("areas") == from_store.get("areas")
    assert made.listed.tag == read.tag
    left = len(from_store["seats"]) + sum(area["left"] for area in from_store.get("areas", ()))
    assert left == len(concert.seats) - gone


async def empty_an_area(runtime: Runtime, concert: FileConcert) -> None:
    """Hold the rest of the first area in batches; what is left at the end goes one by one."""
    area = concert.plan.areas[0]
    performance = runtime.catalogue.performance(concert.performances[0].id)

    def wants(many: int, name: str) -> HoldRequest:
        fan = Fan(runtime, f"{concert.id}-{name}", concert.id)
        request = fan.hold_request(performance=performance.id)
        return request._replace(spots=of_areas([(area.name, many)], concert.plan))

    for many in (concert.seat_limit, 1):
        requests = [wants(many, f"{many}-{n}") for n in range(area.seats // many + 1)]
        answers = await carried_out(hold.hold(runtime, requests))
        assert isinstance(answers[0], Order | AreaFull)
        assert isinstance(answers[-1], AreaFull)
        assert answers[-1].left < many
    await assert_reconciled(runtime)

"""The areas that a hold names: as the plan has them, each once, no more than an order holds."""

from unicodedata import normalize

import pytest

from helpers.areas import PIT, STANDING, load, standing_hall
from helpers.concerts import FIRST
from yemae.concerts.limits import SEATS_PER_ORDER_MAX
from yemae.concerts.seat_map.plan import Plan
from yemae.refusals import InvalidRequest
from yemae.runtime import open_runtime
from yemae.sale.hold import of_areas
from yemae.settings import Settings


@pytest.fixture
async def plan(settings: Settings) -> Plan:
    """The plan of a hall with two areas."""
    await load(settings, standing_hall())
    async with open_runtime(settings) as runtime:
        return (await runtime.plans.unpacked(runtime.catalogue.performance(FIRST))).plan


def test_areas_are_found_by_name_however_it_is_composed(plan: Plan) -> None:
    spots = of_areas([(PIT, 2), (normalize("NFD", STANDING), SEATS_PER_ORDER_MAX - 2)], plan)
    assert [(each.area, each.wanted) for each in spots] == [
        (PIT, 2),
        (STANDING, SEATS_PER_ORDER_MAX - 2),
    ]
    entries = {area.name: area.entry_numbers for area in plan.areas}
    assert [each.entries for each in spots] == [entries[PIT], entries[STANDING]]
    assert of_areas([], plan) == ()


@pytest.mark.parametrize(
    ("wanted", "field", "detail"),
    [
        ([("nowhere", 1)], "areas[0].area", f"Expected each area once, of {STANDING}, {PIT}"),
        ([(PIT, 1), (PIT, 1)], "areas[1].area", f"Expected each area once, of {STANDING}"),
        (
            [(PIT, 1), (STANDING, 1), (PIT, 1)],
            "areas[2].area",
            "Expected each area once, of none: this hall has no such area",
        ),
        (
            [(PIT, 1), (STANDING, SEATS_PER_ORDER_MAX)],
            "areas",
            f"Expected at most {SEATS_PER_ORDER_MAX} in all",
        ),
    ],
)
def test_wrong_areas_name_their_field(
    plan: Plan, wanted: list[tuple[str, int]], field: str, detail: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        of_areas(wanted, plan)
    (error,) = refused.value.errors
    assert (error.field, error.detail) == (field, detail)

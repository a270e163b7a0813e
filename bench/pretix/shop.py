"""Makes the shop that is measured; runs in pretix's environment, after its migrations.

    python shop.py HOLDS CARTS

Two events of one organizer, whose products cost the same. `seated` has a seat for each of the
HOLDS and CARTS, and a quota without a limit, so that a buyer locks no more than the own seat. The
seats after the HOLDS are reserved by a cart each, as if their buyers were about to pay. `standing`
has no seats but a quota with a limit, which pretix locks for each hold. Neither event has plugins.

Prints a line of JSON: the token of the API and the numbers of the two products.
"""

import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import django

django.setup()

from django.utils.timezone import now  # noqa: E402 - models exist after django.setup()
from django_scopes import scopes_disabled  # noqa: E402
from pretix.base.models import (  # noqa: E402
    CartPosition,
    Event,
    Item,
    Organizer,
    SeatingPlan,
)
from pretix.base.services.seating import generate_seats  # noqa: E402

PRICE = Decimal("50.00")
CATEGORY = "R"
SEATS_IN_ROW = 500
STANDING_MAX = 1_000_000
CART_LASTS = timedelta(hours=2)


def make_event(organizer: Organizer, slug: str, quota_size: int | None) -> tuple[Event, Item]:
    """An event that sells one product."""
    event = Event.objects.create(
        organizer=organizer,
        name=slug,
        slug=slug,
        currency="EUR",
        date_from=datetime(2030, 1, 1, 20, tzinfo=UTC),
        live=True,
        plugins="",
    )
    item = event.items.create(name="Ticket", default_price=PRICE)
    event.quotas.create(name="All", size=quota_size).items.add(item)
    return event, item


def make_seats(event: Event, item: Item, count: int) -> None:
    """Seats "1", "2" and so on."""
    rows = [
        {"row_number": str(row), "seats": [_seat(number) for number in numbers]}
        for row, numbers in enumerate(_rows(count), start=1)
    ]
    zone = {"name": "Floor", "position": {"x": 0, "y": 0}, "rows": rows}
    plan = SeatingPlan(name="Hall", organizer=event.organizer)
    plan.layout_data = {"categories": [{"name": CATEGORY}], "zones": [zone]}
    plan.save()
    event.seating_plan = plan
    event.save()
    event.seat_category_mappings.create(layout_category=CATEGORY, product=item)
    generate_seats(event, None, plan, {CATEGORY: item})


def _rows(count: int) -> list[range]:
    return [
        range(first, min(first + SEATS_IN_ROW, count + 1))
        for first in range(1, count + 1, SEATS_IN_ROW)
    ]


def _seat(number: int) -> dict[str, str]:
    return {"seat_number": str(number), "seat_guid": str(number), "category": CATEGORY}


def reserve(event: Event, item: Item, numbers: range) -> None:
    """A cart for each of these seats, named after it."""
    seats = {seat.seat_guid: seat for seat in event.seats.all()}
    CartPosition.objects.bulk_create(
        CartPosition(
            event=event,
            item=item,
            seat=seats[str(number)],
            cart_id=f"{number}@api",
            price=PRICE,
            custom_price_input=PRICE,
            datetime=now(),
            expires=now() + CART_LASTS,
        )
        for number in numbers
    )


def make_token(organizer: Organizer) -> str:
    """The API's token of a team that may do everything."""
    team = organizer.teams.create(
        name="Bench",
        all_events=True,
        all_event_permissions=True,
        all_organizer_permissions=True,
    )
    return str(team.tokens.create(name="Bench").token)


def main(holds: int, carts: int) -> None:
    """Make the shop."""
    organizer = Organizer.objects.create(name="Bench", slug="bench")
    seated, seat = make_event(organizer, "seated", None)
    _, place = make_event(organizer, "standing", STANDING_MAX)
    make_seats(seated, seat, holds + carts)
    reserve(seated, seat, range(holds + 1, holds + carts + 1))
    print(json.dumps({"token": make_token(organizer), "seat": seat.pk, "place": place.pk}))


if __name__ == "__main__":
    with scopes_disabled():
        main(int(sys.argv[1]), int(sys.argv[2]))

"""Sales that the tests of the simulation play."""

from datetime import UTC, datetime
from typing import Any

from yemae.concerts.catalogue import Concert
from yemae.concerts.lanes import Lane
from yemae.concerts.performance import Performance
from yemae.rehearsal.scenario import Behaviour, Scenario
from yemae.settings import Settings
from yemae.simulation.run import OnSale

OPENS_AT = datetime(2030, 1, 1, tzinfo=UTC)
STEADY = {"walk_away": 0.0, "hold_without_paying": 0.0, "seats_max": 1}


def concert(*, shares: tuple[int, ...] = (), **queue: Any) -> Concert:
    """A concert with an open queue."""
    values: dict[str, Any] = {"active_limit": 100, "admit_per_minute": 600} | queue
    return Concert(
        id="hall",
        title="Hall",
        artist="Testers",
        venue="Hall",
        currency="KRW",
        seat_limit=20,
        control="running",
        draw_seed=b"",
        lanes=tuple(Lane(f"lane-{share}", share, frozenset(), "") for share in shares),
        performances=(Performance(1, "hall-1", "hall", datetime(2999, 1, 1, tzinfo=UTC), 1, 1),),
        sale_opens_at=OPENS_AT,
        **values,
    )


def on_sale(
    of: Concert | None = None,
    *,
    seats: int = 500,
    early_s: float = 0.0,
    fans_of_lanes: tuple[float, ...] = (1.0,),
    behaviour: dict[str, Any] | None = None,
    **scenario: Any,
) -> OnSale:
    """A sale; `scenario` as Scenario has it."""
    values: dict[str, Any] = {"fans": 1_000, "duration_s": 3_600.0} | scenario
    return OnSale(
        concert=of or concert(),
        settings=Settings(),
        scenario=Scenario(behaviour=Behaviour(**(behaviour or {})), **values),
        seats=seats,
        early_s=early_s,
        fans_of_lanes=fans_of_lanes,
    )

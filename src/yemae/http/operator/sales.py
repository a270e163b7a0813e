"""What was sold of a concert, for its operators: by date, grade and price type, and by the minute.

Every call is behind the gate of roles (gate.py), which comes before anything else. A
server process reads a report at most once in KEPT_S, however many operators look at it, and one of
very many seats less often.
"""

from datetime import datetime
from functools import partial

from yemae.back_office import sales
from yemae.back_office.sales import SalesReport
from yemae.base.rate_limit import Latest
from yemae.http.contract.operation import Answer, Operation, Parameter, Shown
from yemae.http.operator.sales_shapes import (
    EXAMPLE_MINUTES,
    EXAMPLE_SALES,
    MinutesBody,
    SalesBody,
    minutes_body,
    sales_body,
)
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound, InvalidRequest, OperatorRequired, Unauthenticated
from yemae.runtime import Runtime

PATH = "/v1/admin/concerts/{concert_id}/sales"
KEPT_S, KEPT_LONGEST_S = 5.0, 20.0
MINUTES_MAX = 1_440
SINCE = Parameter(
    "since",
    "query",
    "The first minute, or any moment of it; `next_since` of the answer before.",
    {"type": "string", "format": "date-time"},
)
NO_STORE = ((b"cache-control", b"no-store"),)


async def show_sales(call: Call) -> Answer:
    """Sold, cancelled, held, blocked and free seats, and the money, in one snapshot that is at most
    some seconds old, `at` says of when."""
    call.operator()
    return Answer(200, sales_body(await report(call)), NO_STORE)


async def report(call: Call) -> SalesReport:
    """The sales of the path's concert. Raises ConcertNotFound."""
    runtime, concert_id = call.runtime, call.path("concert_id")
    # Before anything is kept by an id that a caller made up.
    runtime.catalogue.concert(concert_id)
    return await latest_report(runtime, concert_id)


async def latest_report(runtime: Runtime, concert_id: str) -> SalesReport:
    """The sales of a concert that is there, at most KEPT_LONGEST_S old."""
    kept = runtime.sales_reports.setdefault(concert_id, Latest(KEPT_S, KEPT_LONGEST_S))
    found: SalesReport = await kept.get(partial(sales.report, runtime, concert_id))
    return found


async def show_minutes(call: Call) -> Answer:
    """The minutes in which something was bought or cancelled, by time, at most a day of them."""
    call.operator()
    since = since_of(call)
    found = await sales.by_minute(
        call.runtime, call.path("concert_id"), since=since, limit=MINUTES_MAX + 1
    )
    return Answer(200, minutes_body(found, MINUTES_MAX), NO_STORE)


def since_of(call: Call) -> datetime | None:
    """The moment that was asked for. Raises InvalidRequest."""
    text = call.query(SINCE.name)
    if text is None:
        return None
    try:
        since = datetime.fromisoformat(text)
    except ValueError:
        since = None
    if since is None or since.tzinfo is None:
        raise InvalidRequest.of(SINCE.name, "Expected a time with its offset, as RFC 3339 has it")
    return since


GATES = (Unauthenticated, OperatorRequired, ConcertNotFound)

OPERATIONS = (
    Operation(
        "show_sales",
        "GET",
        PATH,
        "admin",
        "What was sold",
        show_sales,
        (Shown(200, "The sales", SalesBody, EXAMPLE_SALES, headers=("Cache-Control",)),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "show_sales_by_minute",
        "GET",
        f"{PATH}/minutes",
        "admin",
        "What was sold in each minute",
        show_minutes,
        (Shown(200, "The minutes", MinutesBody, EXAMPLE_MINUTES, headers=("Cache-Control",)),),
        (*GATES, InvalidRequest),
        parameters=(SINCE,),
        signed_in=True,
    ),
)

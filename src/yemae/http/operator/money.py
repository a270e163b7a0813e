"""The money of a concert for its operators: by method, as a workbook with all that was sold, its
payments one by one, and whether the books of the server add up.

Every call is behind the gate of roles (gate.py), which comes before anything else. All but the list
of payments are sums: no order and no fan is in them. A server process reads the money of a concert
at most once in KEPT_S.
"""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Annotated, get_args

import msgspec
from msgspec import Meta

from yemae.back_office import books, money, payment_list, sales
from yemae.back_office.money import MoneyReport
from yemae.back_office.payment_list import Period
from yemae.back_office.sales_sheets import Language, Report, sheet
from yemae.base.rate_limit import Latest
from yemae.base.spreadsheets import as_xlsx
from yemae.concerts.limits import wrong_moment
from yemae.http.contract.operation import OF_BODIES, Answer, Operation, Parameter, Shown
from yemae.http.operator import sales as any_sales
from yemae.http.operator.money_shapes import (
    EXAMPLE_MONEY,
    EXAMPLE_RECONCILE,
    EXAMPLE_TAKE,
    MoneyBody,
    ReconcileBody,
    TakePayments,
    money_body,
    reconcile_body,
)
from yemae.http.operator.sales import GATES, NO_STORE
from yemae.http.server.call import Call
from yemae.refusals import InvalidRequest, OperatorRequired, Unauthenticated

KEPT_S = 20.0
# About a second of a processor.
PAYMENTS_MAX = 10_000
RECONCILE = "/v1/admin/reconcile"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE = Parameter(
    "language",
    "query",
    "Of the headings.",
    {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
)

TAKE = msgspec.json.Decoder(TakePayments)
Workbook = Annotated[str, Meta(extra_json_schema={"contentMediaType": MEDIA_TYPE})]


async def show_money(call: Call) -> Answer:
    """What came in and went back by each method of payment, and whether what is left is what was
    sold. It is at most some seconds old."""
    call.operator()
    return Answer(200, money_body(await _money(call)), NO_STORE)


async def take_workbook(call: Call) -> Answer:
    """What was sold by date, grade and price type, by the minute, and the money by method, as an
    XLSX file of three sheets. It has sums only."""
    call.operator()
    language = call.query(LANGUAGE.name) or LANGUAGES[0]
    if language not in LANGUAGES:
        raise InvalidRequest.of(LANGUAGE.name, f"Expected one of {', '.join(LANGUAGES)}")
    runtime, concert_id = call.runtime, call.path("concert_id")
    found = (
        await any_sales.report(call),
        await sales.by_minute(runtime, concert_id),
        await _money(call),
    )
    return await _file(f"{concert_id}-sales.xlsx", found, language)


async def take_payments(call: Call) -> Answer:
    """The payments of a concert one by one as an XLSX file, with booking numbers and what their
    provider calls them, and without names and addresses of fans. At most 10,000: name a time."""
    who, runtime = call.operator(), call.runtime
    body = await call.body(TAKE)
    period = Period(body.since, body.until)
    for name, moment in period._asdict().items():
        if moment is not None and (wrong := wrong_moment(moment)):
            raise InvalidRequest.of(name, wrong)
    if period.since and period.until and period.until <= period.since:
        raise InvalidRequest.of("until", "Expected a time after since")
    found = await payment_list.report(
        runtime, call.path("concert_id"), period, limit=PAYMENTS_MAX + 1
    )
    if len(found.payments) > PAYMENTS_MAX:
        wrong = f"Expected a time with at most {PAYMENTS_MAX:,} payments"
        raise InvalidRequest.of("until", wrong)
    await payment_list.note_taken(runtime, who, found, period)
    return await _file(f"{found.concert.id}-payments.xlsx", (found,), body.language)


async def _file(name: str, found: Sequence[Report], language: Language) -> Answer:
    # Beside the event loop, which a long sale would hold up.
    file = await asyncio.to_thread(_workbook, found, language)
    headers = (
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-disposition", f'attachment; filename="{name}"'.encode()),
        *NO_STORE,
    )
    return Answer(200, file, headers)


def _workbook(found: Sequence[Report], language: Language) -> bytes:
    return as_xlsx(*(sheet(each, language) for each in found))


async def _money(call: Call) -> MoneyReport:
    runtime, concert_id = call.runtime, call.path("concert_id")
    # Before anything is kept by an id that a caller made up.
    runtime.catalogue.concert(concert_id)
    kept = runtime.money_reports.setdefault(concert_id, Latest(KEPT_S))
    found: MoneyReport = await kept.get(partial(money.report, runtime, concert_id))
    return found


async def show_reconcile(call: Call) -> Answer:
    """Whether the books of this server add up: what the jobs process found when it checked the laws
    of the database last, every quarter of an hour and when an operator asks. `yemae reconcile`
    checks the waiting room as well, and names what violates a law."""
    call.operator()
    found, concerts = await books.last_check(call.runtime), call.caller.concerts
    return Answer(200, reconcile_body(found, is_of_server=concerts is None), NO_STORE)


async def ask_for_reconcile(call: Call) -> Answer:
    """Have the jobs process check the laws of the database now, at most once a minute. It takes a
    fifth of a processor, and `GET` of this path says when it is done."""
    await books.ask_for_check(call.runtime, call.operator())
    return Answer(202)


FILE = Shown(
    200,
    "The file",
    Workbook,
    "(the bytes of an XLSX file)",
    media_type=MEDIA_TYPE,
    headers=("Cache-Control",),
)
OPERATIONS = (
    Operation(
        "show_money",
        "GET",
        f"{any_sales.PATH}/money",
        "admin",
        "Money by method of payment",
        show_money,
        (Shown(200, "The money", MoneyBody, EXAMPLE_MONEY, headers=("Cache-Control",)),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "take_sales_workbook",
        "GET",
        f"{any_sales.PATH}/workbook",
        "admin",
        "What was sold, as a file for spreadsheets",
        take_workbook,
        (FILE,),
        (*GATES, InvalidRequest),
        parameters=(LANGUAGE,),
        signed_in=True,
    ),
    Operation(
        "take_payments",
        "POST",
        f"{any_sales.PATH}/payments",
        "admin",
        "The payments of a concert, as a file for spreadsheets",
        take_payments,
        (FILE,),
        (*GATES, *OF_BODIES),
        body=TakePayments,
        body_example=EXAMPLE_TAKE,
        signed_in=True,
    ),
    Operation(
        "show_reconcile",
        "GET",
        RECONCILE,
        "admin",
        "Whether the books add up",
        show_reconcile,
        (
            Shown(
                200,
                "The last check",
                ReconcileBody,
                EXAMPLE_RECONCILE,
                headers=("Cache-Control",),
            ),
        ),
        (Unauthenticated, OperatorRequired),
        signed_in=True,
    ),
    Operation(
        "ask_for_reconcile",
        "POST",
        RECONCILE,
        "admin",
        "Check the books now",
        ask_for_reconcile,
        (Shown(202, "A check begins soon"),),
        (Unauthenticated, OperatorRequired),
        signed_in=True,
    ),
)

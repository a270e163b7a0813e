"""The closing report of a concert for operators: what is in it, if it adds up, and its file.

Every call is behind the gate of roles (gate.py), which comes before anything else. A server process
makes the report of a concert at most once in KEPT_S.
"""

from functools import partial
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from yemae.base.rate_limit import Latest
from yemae.closing import report
from yemae.closing.facts import DrawFacts, Facts, FunnelStep
from yemae.closing.report import MadeReport
from yemae.closing.seal import SealedPart
from yemae.http.contract.operation import Answer, Operation, Shown
from yemae.http.server.call import Call
from yemae.reconcile.law_words import LawFacts
from yemae.refusals import ConcertNotFound, OperatorRequired, Unauthenticated
from yemae.values.instants import Instant

PATH = "/v1/admin/concerts/{concert_id}/closing-report"
KEPT_S = 60.0
MEDIA_TYPE = "application/zip"
NO_STORE = ((b"cache-control", b"no-store"),)

File = Annotated[str, Meta(extra_json_schema={"contentMediaType": MEDIA_TYPE})]


class QueueInReport(msgspec.Struct, frozen=True):
    """What the report has of a queue: minutes of curves, the funnel, and the audit of its draw;
    null where it has none."""

    id: str
    minutes: int
    funnel: list[FunnelStep]
    draw: DrawFacts | None


class ClosingReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a closing report has in it. `as_of` is when the last thing happened that it says, null
    when nothing has; `sha256` is that of the whole file, the same as long as nothing happens."""

    concert_id: str
    as_of: Instant | None
    holds: bool
    sha256: str
    bytes: int
    files: list[SealedPart]
    invariants: list[LawFacts]
    queues: list[QueueInReport]
    currency: str
    totals: dict[str, int]
    minutes: int
    actions: int


async def show_report(call: Call) -> Answer:
    """What a closing report has in it now, and whether everything adds up: curves, funnel, draw
    audit, invariants, money and actions. It is at most a minute old."""
    call.operator()
    return Answer(200, shown(await _made(call)), NO_STORE)


async def hand_out(call: Call) -> Answer:
    """The report as one file, with a line in the log that has its SHA-256: a ZIP with HTML in both
    languages, JSON, XLSX, and a manifest of their digests that this server has signed."""
    who = call.operator()
    made = await _made(call)
    await report.note_handed_out(call.runtime, who, made)
    headers = (
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-disposition", f'attachment; filename="{made.file_name}"'.encode()),
        *NO_STORE,
    )
    return Answer(200, made.sealed.content, headers)


async def _made(call: Call) -> MadeReport:
    runtime = call.runtime
    # Before anything is kept by an id that a caller made up; a phase has its concert's report.
    concert_id = runtime.catalogue.queue(call.path("concert_id")).concert_id
    kept = runtime.closing_reports.setdefault(concert_id, Latest(KEPT_S))
    made: MadeReport = await kept.get(partial(report.make, runtime, concert_id))
    return made


def shown(made: MadeReport) -> ClosingReport:
    """A report as it is answered."""
    facts: Facts = made.facts
    return ClosingReport(
        concert_id=facts.concert_id,
        as_of=facts.as_of,
        holds=facts.holds,
        sha256=made.sealed.digest,
        bytes=len(made.sealed.content),
        files=made.sealed.manifest.files,
        invariants=facts.invariants,
        queues=[
            QueueInReport(each.id, len(each.curves), each.funnel, each.draw)
            for each in facts.queues
        ],
        currency=facts.money.currency,
        totals=facts.money.total.figures,
        minutes=len(facts.money.minutes),
        actions=len(facts.actions),
    )


DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
EXAMPLE: dict[str, Any] = {
    "concert_id": "small-hall",
    "as_of": "2026-11-22T11:40:00.000Z",
    "holds": True,
    "sha256": DIGEST,
    "bytes": 48213,
    "files": [{"name": "report.json", "bytes": 181022, "sha256": DIGEST}],
    "invariants": [
        {
            "name": "seat_sold_once",
            "says": "A seat is sold once.",
            "says_ko": "한 좌석은 한 번만 판매된다.",
            "looked_at": 50,
            "violations": 0,
        }
    ],
    "queues": [
        {
            "id": "small-hall",
            "minutes": 40,
            "funnel": [{"name": "joined", "count": 1250}],
            "draw": None,
        }
    ],
    "currency": "KRW",
    "totals": {"sold": 50, "revenue": 3300000},
    "minutes": 12,
    "actions": 4,
}

GATES = (Unauthenticated, OperatorRequired, ConcertNotFound)
OPERATIONS = (
    Operation(
        "show_closing_report",
        "GET",
        PATH,
        "admin",
        "What a closing report has in it",
        show_report,
        (Shown(200, "The report", ClosingReport, EXAMPLE, headers=("Cache-Control",)),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "take_closing_report",
        "POST",
        PATH,
        "admin",
        "The closing report as one sealed file",
        hand_out,
        (
            Shown(
                200,
                "The file",
                File,
                "(the bytes of a ZIP)",
                media_type=MEDIA_TYPE,
                headers=("Cache-Control",),
            ),
        ),
        GATES,
        signed_in=True,
    ),
)

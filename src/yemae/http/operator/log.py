"""The log for operators: who did what on this server, with old and new values, and why."""

from typing import Any
from uuid import UUID

import msgspec

from yemae.back_office import action_log
from yemae.back_office.action_log import LogFilter
from yemae.http.contract.operation import CURSOR, LIMIT, Answer, Operation, Parameter, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.server.call import Call, one_page
from yemae.refusals import InvalidRequest, OperatorRequired, Unauthenticated
from yemae.values.instants import Instant, instant

TEXT = {"type": "string", "maxLength": 320}
FILTERS = (
    Parameter("concert_id", "query", "A concert, with the phases of its sale.", TEXT),
    Parameter("who", "query", "An operator, as the log names them.", TEXT),
    Parameter("action", "query", "What was done, such as `pause` or `reveal`.", TEXT),
    Parameter("order_id", "query", "An order that it was done to.", TEXT),
)


class LogEntry(msgspec.Struct, frozen=True):
    """A line of the log. `who` is a user id, or `cli:` and a user of the system; without a concert
    it is about the whole server. `details` say what it was done to, with old and new values as
    `from` and `to`; `reason` is what the operator gave."""

    id: UUID
    at: Instant
    who: str
    concert_id: str | None
    action: str
    details: dict[str, Any]
    reason: str | None


class LogPage(msgspec.Struct, frozen=True):
    """A page of the log, newest first; the next begins at `next_cursor`."""

    lines: list[LogEntry]
    next_cursor: UUID | None


EXAMPLE = {
    "id": EXAMPLE_ID,
    "at": "2026-12-24T02:00:00.000Z",
    "who": EXAMPLE_ID,
    "concert_id": "small-hall",
    "action": "reveal",
    "details": {"order": EXAMPLE_ID},
    "reason": "The fan is at the box office",
}


async def list_log(call: Call) -> Answer:
    """Who did what, newest first; of the caller's concerts, where the role is for these."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    for each in FILTERS:
        if not (call.query(each.name) or "").isprintable():
            raise InvalidRequest.of(each.name, "not printable")
    wanted = LogFilter(*(call.query(each.name) for each in FILTERS))
    found = await action_log.find(
        call.runtime, wanted, concerts=call.caller.concerts, before=before, limit=limit + 1
    )
    listed, following = one_page(found, limit)
    return Answer(200, LogPage([log_entry(line) for line in listed], following))


def log_entry(line: action_log.LogLine) -> LogEntry:
    """A line as it is answered."""
    details = dict(line.details)
    reason = details.pop("reason", None)
    return LogEntry(
        line.id, instant(line.at), line.who, line.concert_id, line.action, details, reason
    )


OPERATIONS = (
    Operation(
        "list_log",
        "GET",
        "/v1/admin/log",
        "admin",
        "Who did what",
        list_log,
        (Shown(200, "A page of the log", LogPage, {"lines": [EXAMPLE], "next_cursor": None}),),
        (Unauthenticated, OperatorRequired, InvalidRequest),
        parameters=(*FILTERS, CURSOR, LIMIT),
        signed_in=True,
    ),
)

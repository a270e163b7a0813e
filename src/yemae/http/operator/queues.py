"""A concert's queue for its operators: look at it, change it, and read who changed what.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from yemae.back_office import queue_control
from yemae.back_office.queue_report import QueueReport, report
from yemae.concerts import controls
from yemae.concerts.catalogue import Control
from yemae.concerts.queue_settings import given
from yemae.http.contract.operation import CURSOR, LIMIT, OF_BODIES, Answer, Operation, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.gate import sees_log
from yemae.http.operator.queue_shapes import (
    ADMIT,
    CHANGE,
    EXAMPLE_ACTION,
    EXAMPLE_QUEUE,
    REOPEN,
    REVOKE,
    ActionBody,
    Actions,
    AdmitNow,
    AdmittedNow,
    ChangeQueue,
    Reopened,
    ReopenPlace,
    Revoked,
    RevokePass,
)
from yemae.http.server.call import Call, one_page
from yemae.refusals import (
    ConcertNotFound,
    InvalidRequest,
    OperatorRequired,
    PrequeueBegun,
    SaleAlreadyOpen,
    Unauthenticated,
)
from yemae.values.instants import instant, plain

PATH = "/v1/admin/concerts/{concert_id}/queue"

Handler = Callable[[Call], Awaitable[Answer]]


async def show(call: Call) -> Answer:
    """Settings, state and numbers of this moment. The numbers are null while the waiting room's
    store is away."""
    call.operator()
    return await _report(call)


async def change(call: Call) -> Answer:
    """Change settings while the queue runs; every node works by them within a second."""
    who = call.operator()
    changes = await call.body(CHANGE)
    await queue_control.change(call.runtime, call.path("concert_id"), who, given(changes))
    return await _report(call)


def steer(control: Control, what: str) -> Handler:
    """A handler that brings the queue into a state of control."""

    async def handler(call: Call) -> Answer:
        who = call.operator()
        await queue_control.steer(call.runtime, call.path("concert_id"), who, control)
        return await _report(call)

    handler.__doc__ = what
    return handler


async def open_now(call: Call) -> Answer:
    """The sale opens at this moment; a draw is held among those who have joined."""
    who = call.operator()
    await queue_control.open_now(call.runtime, call.path("concert_id"), who)
    return await _report(call)


async def revoke(call: Call) -> Answer:
    """End a fan's pass. What the fan holds stays held until its own end."""
    who = call.operator()
    user_id = (await call.body(REVOKE)).user_id
    revoked = await queue_control.revoke(call.runtime, call.path("concert_id"), who, user_id)
    return Answer(200, Revoked(revoked))


async def reopen(call: Call) -> Answer:
    """Give a fan their last place back, which is over: given up, expired or revoked. They have it
    when they come back, at its number, and lose it after `place_ttl_s` like any absent fan. Not
    given back is a place that was used to buy, and none to a fan who has one."""
    who = call.operator()
    body = await call.body(REOPEN)
    concert_id = call.path("concert_id")
    done = await queue_control.reopen(call.runtime, concert_id, who, body.user_id, body.reason)
    return Answer(200, Reopened(done))


async def admit(call: Call) -> Answer:
    """Admit `count` fans immediately, ignoring `admit_per_minute` but not `active_limit`."""
    who = call.operator()
    count = (await call.body(ADMIT)).count
    admitted = await queue_control.admit(call.runtime, call.path("concert_id"), who, count)
    return Answer(200, AdmittedNow(admitted))


async def list_actions(call: Call) -> Answer:
    """Who did what with this queue, newest first. A caller whose role does not open the log of
    the concert gets only what was done to the queue itself: no line about an order or a fan."""
    call.operator()
    limit, before = call.limit(), call.cursor_uuid()
    concert_id = call.path("concert_id")
    found = await queue_control.actions(
        call.runtime,
        concert_id,
        before=before,
        limit=limit + 1,
        of_queue=not sees_log(call, call.caller, concert_id),
    )
    listed, following = one_page(found, limit)
    return Answer(200, Actions([_action(action) for action in listed], following))


def _action(line: controls.Action) -> ActionBody:
    return ActionBody(line.id, instant(line.at), line.who, line.action, plain(line.details))


async def _report(call: Call) -> Answer:
    return Answer(200, await report(call.runtime, call.path("concert_id")))


GATES = (Unauthenticated, OperatorRequired, ConcertNotFound)
THE_QUEUE = (Shown(200, "The queue as it is now", QueueReport, EXAMPLE_QUEUE),)


def _operation(
    name: str, method: str, path: str, summary: str, handler: Handler, **more: Any
) -> Operation:
    """An operation on the queue, or below it at `path`."""
    given = {"answers": THE_QUEUE, "problems": GATES, **more}
    return Operation(
        name, method, f"{PATH}{path}", "admin", summary, handler, signed_in=True, **given
    )


OPERATIONS = (
    _operation("show_queue_to_operator", "GET", "", "The queue as its operator sees it", show),
    _operation(
        "change_queue",
        "PATCH",
        "",
        "Change the queue's settings",
        change,
        body=ChangeQueue,
        body_example={"active_limit": 2500, "message_en": "Nearly sold out.", "entry_ttl_s": None},
        problems=(*GATES, SaleAlreadyOpen, PrequeueBegun, *OF_BODIES),
    ),
    _operation(
        "pause_queue",
        "POST",
        "/pause",
        "Stop admission",
        steer("paused", "No fan is admitted; joining goes on. Idempotent."),
    ),
    _operation(
        "resume_queue",
        "POST",
        "/resume",
        "Run as usual",
        steer("running", "Fans may join and are admitted, after a pause or a drain."),
    ),
    _operation(
        "drain_queue",
        "POST",
        "/drain",
        "Stop new joins",
        steer("draining", "No new fan may join; fans in line are still admitted."),
    ),
    _operation(
        "open_sale_now",
        "POST",
        "/open-now",
        "Open the sale",
        open_now,
        problems=(*GATES, SaleAlreadyOpen),
    ),
    _operation(
        "revoke_pass",
        "POST",
        "/revoke",
        "End a fan's pass",
        revoke,
        body=RevokePass,
        body_example={"user_id": EXAMPLE_ID},
        answers=(Shown(200, "Whether there was one", Revoked, {"revoked": True}),),
        problems=(*GATES, *OF_BODIES),
    ),
    _operation(
        "reopen_place",
        "POST",
        "/reopen",
        "Give a fan a place back",
        reopen,
        body=ReopenPlace,
        body_example={"user_id": EXAMPLE_ID, "reason": "Left by mistake"},
        answers=(Shown(200, "Whether it was given back", Reopened, {"reopened": True}),),
        problems=(*GATES, *OF_BODIES),
    ),
    _operation(
        "admit_now",
        "POST",
        "/admit",
        "Admit fans immediately",
        admit,
        body=AdmitNow,
        body_example={"count": 100},
        answers=(Shown(200, "How many were admitted", AdmittedNow, {"admitted": 100}),),
        problems=(*GATES, *OF_BODIES),
    ),
    _operation(
        "list_queue_actions",
        "GET",
        "/actions",
        "Who did what",
        list_actions,
        parameters=(CURSOR, LIMIT),
        answers=(
            Shown(
                200,
                "A page of the log",
                Actions,
                {"actions": [EXAMPLE_ACTION], "next_cursor": None},
            ),
        ),
        problems=(*GATES, InvalidRequest),
    ),
)

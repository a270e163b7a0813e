"""Fans for operators: find one, see their places, orders and mails, and help with an order.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from yemae.back_office import fans, orders
from yemae.http.contract.operation import Answer, Operation, Parameter, Shown
from yemae.http.fan.orders import path_order_id
from yemae.http.operator.fan_shapes import (
    EXAMPLE_EXTEND,
    EXAMPLE_FOUND_FAN,
    EXAMPLE_PERSON,
    EXAMPLE_SEND,
    EXAMPLE_WHOLE_FAN,
    EXTEND,
    REVEAL_PERSON,
    SEND,
    ExtendHold,
    FanBody,
    FoundFans,
    RevealPerson,
    SendMail,
    found_fan,
    whole_fan,
)
from yemae.http.operator.gate import require_concert
from yemae.http.operator.matrix import MATRIX
from yemae.http.operator.order_shapes import (
    EXAMPLE_ADMIN_ORDER,
    EXAMPLE_FAN,
    AdminOrder,
    RevealedFan,
    admin_order,
)
from yemae.http.operator.orders import GATES, OF_BODIES, ONE
from yemae.http.server.call import Call
from yemae.refusals import (
    CheckoutInProgress,
    ConcertNotFound,
    InvalidRequest,
    OrderNotFound,
    OrderNotHeld,
    OrderNotPaid,
)
from yemae.sale.contacts import NewAddress, send_tickets
from yemae.sale.extend import extend_hold

PATH = "/v1/admin/fans"
TEXT_MAX_CHARS = 320
TEXT = {"type": "string", "minLength": 1, "maxLength": TEXT_MAX_CHARS}
WANTED = Parameter(
    "q",
    "query",
    "A booking number, an order's id, an e-mail address, a user's id, a part of a name, or a queue "
    "number.",
    TEXT,
    True,
)
LINE = Parameter(
    "concert_id", "query", "In whose line a queue number is looked for, beside orders.", TEXT
)
USER = Parameter("user_id", "query", "The fan.", TEXT, True)
UNCACHED = ((b"cache-control", b"no-store"),)


async def find_fans(call: Call) -> Answer:
    """Fans by what they say of themselves; of the buyers of the caller's concerts, where the role
    is for these. Names and addresses are masked."""
    call.operator()
    wanted, queue_id = _text(call, WANTED.name), call.query(LINE.name)
    if queue_id is not None:
        queue = call.runtime.catalogue.queue(queue_id)
        require_concert(call, MATRIX["find_fans"], queue.concert_id)
    found = await fans.find(call.runtime, wanted, queue_id, concerts=call.caller.concerts)
    return Answer(200, FoundFans([found_fan(each) for each in found]), UNCACHED)


async def show_fan(call: Call) -> Answer:
    """Where a fan stands, their orders, and what happened to these, as far as the caller's role
    goes. Names and addresses are masked."""
    call.operator()
    user_id = _text(call, USER.name)
    found = await fans.show(call.runtime, user_id, concerts=call.caller.concerts)
    return Answer(200, whole_fan(found), UNCACHED)


async def reveal_person(call: Call) -> Answer:
    """The name and the address of a fan, with a line in the log that says who looked and why."""
    who = call.operator()
    body = await call.body(REVEAL_PERSON)
    concerts = call.caller.concerts
    fan = await fans.reveal(call.runtime, who, body.user_id, body.reason, concerts=concerts)
    return Answer(201, RevealedFan(*fan), UNCACHED)


async def send_mail(call: Call) -> Answer:
    """Send the tickets of a paid order once more, or to another address. Links that went to another
    address open nothing any more."""
    who, order_id = call.operator(), path_order_id(call)
    body = await call.body(SEND)
    new = None if body.email is None else NewAddress(body.email, body.language)
    await send_tickets(call.runtime, who, order_id, new, body.reason)
    return Answer(202)


async def extend(call: Call) -> Answer:
    """Let a held order be held for as long again as a hold takes; a repeat changes nothing."""
    who, order_id = call.operator(), path_order_id(call)
    body = await call.body(EXTEND)
    await extend_hold(call.runtime, who, order_id, body.reason)
    return Answer(200, admin_order(await orders.show_order(call.runtime, order_id)))


def _text(call: Call, name: str) -> str:
    """A parameter that is needed. Raises InvalidRequest."""
    text = (call.query(name) or "").strip()
    if not text or len(text) > TEXT_MAX_CHARS or not text.isprintable():
        raise InvalidRequest.of(name, f"Expected 1 to {TEXT_MAX_CHARS} printable characters")
    return text


OPERATIONS = (
    Operation(
        "find_fans",
        "GET",
        PATH,
        "admin",
        "Find fans",
        find_fans,
        (
            Shown(
                200,
                "The fans",
                FoundFans,
                {"fans": [EXAMPLE_FOUND_FAN]},
                headers=("Cache-Control",),
            ),
        ),
        (*GATES, ConcertNotFound),
        parameters=(WANTED, LINE),
        signed_in=True,
    ),
    Operation(
        "show_fan",
        "GET",
        f"{PATH}/timeline",
        "admin",
        "A fan with their places, orders and mails",
        show_fan,
        (Shown(200, "The fan", FanBody, EXAMPLE_WHOLE_FAN, headers=("Cache-Control",)),),
        GATES,
        parameters=(USER,),
        signed_in=True,
    ),
    Operation(
        "reveal_person",
        "POST",
        f"{PATH}/reveal",
        "admin",
        "Look at the name and address of a fan",
        reveal_person,
        (Shown(201, "The fan", RevealedFan, EXAMPLE_FAN, headers=("Cache-Control",)),),
        (*GATES, *OF_BODIES),
        body=RevealPerson,
        body_example=EXAMPLE_PERSON,
        signed_in=True,
    ),
    Operation(
        "send_mail",
        "POST",
        f"{ONE}/mails",
        "admin",
        "Send the tickets of an order once more",
        send_mail,
        (Shown(202, "On its way"),),
        (*GATES, OrderNotFound, OrderNotPaid, *OF_BODIES),
        body=SendMail,
        body_example=EXAMPLE_SEND,
        signed_in=True,
    ),
    Operation(
        "extend_hold",
        "POST",
        f"{ONE}/extension",
        "admin",
        "Hold an order for longer, once",
        extend,
        (Shown(200, "The order as it is now", AdminOrder, EXAMPLE_ADMIN_ORDER),),
        (*GATES, OrderNotFound, OrderNotHeld, CheckoutInProgress, *OF_BODIES),
        body=ExtendHold,
        body_example=EXAMPLE_EXTEND,
        signed_in=True,
    ),
)

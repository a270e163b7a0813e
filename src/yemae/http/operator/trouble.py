"""Trouble for operators: what has gone wrong and waits for them, the bells of a running sale, and
another try.

Every call is behind the gate of roles (gate.py), which comes before anything else.
"""

from typing import Any, Literal
from uuid import UUID

import msgspec

from yemae.back_office import bells, trouble
from yemae.back_office.bells import Bell
from yemae.back_office.trouble import PaymentInDoubt, StuckMail, Trouble
from yemae.base.rate_limit import Latest
from yemae.concerts.limits import Text
from yemae.http.contract.operation import Answer, Body, Operation, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.orders import OF_BODIES
from yemae.http.operator.refunds import EXAMPLE as EXAMPLE_REFUND
from yemae.http.operator.refunds import OpenRefundBody, open_refund
from yemae.http.server.call import Call
from yemae.orders.booking_number import booking_number
from yemae.outbox.messages import Kind
from yemae.reconcile.law_words import LawFacts
from yemae.refusals import InvalidRequest, NotFound, OperatorRequired, Unauthenticated
from yemae.values.instants import Instant, instant, instant_or_none
from yemae.webhooks.endpoints import WebhookEndpoint


class PaymentInDoubtBody(msgspec.Struct, frozen=True):
    """A card payment whose provider has not said what it did. `handed_over_at`: since when it has
    been for too long, and is to be looked at in the provider's dashboard. `order_id` null: a
    top-up."""

    id: UUID
    order_id: UUID | None
    booking_number: str | None
    concert_id: str | None
    provider: str
    amount: int
    currency: str
    reason: str | None
    created_at: Instant
    handed_over_at: Instant | None


class StuckMailBody(msgspec.Struct, frozen=True):
    """A mail that was given up within a week, or that no mail server has taken so far; `error` is
    what it said. `order_id` null: about an account."""

    id: UUID
    order_id: UUID | None
    booking_number: str | None
    concert_id: str | None
    kind: Kind
    state: Literal["waiting", "given_up"]
    attempts: int
    created_at: Instant
    error: str | None


class FailingWebhook(msgspec.Struct, frozen=True):
    """An endpoint that does not answer, or was switched off because of that."""

    id: UUID
    url: str
    failing_since: Instant | None
    disabled_at: Instant | None
    waiting: int


class BellBody(msgspec.Struct, frozen=True):
    """A bell that rings for a queue on sale. `paused`: for more than two minutes.
    `nothing_admitted`: for a minute, while fans wait and there is room. `nothing_sold`: for three
    minutes, while there are free seats and fans. `at_limit`: no more fans come in until others
    leave."""

    concert_id: str
    bell: bells.Kind
    since: Instant | None


class SplitBatchesBody(msgspec.Struct, frozen=True):
    """How many batches of requests were run again one by one within the last hour, because one of
    them failed. The others were answered; what failed is in the log of the server."""

    verb: str
    count: int


class TroubleBody(msgspec.Struct, frozen=True):
    """What waits for an operator, at most 50 of each kind; all lists empty: nothing does.
    `laws` are those of the books that were violated when they were checked last. They, `webhooks`
    and `split_batches` are of the whole server: null to a role at one concert. `bells` and
    `split_batches` are null while the waiting room's store is away."""

    at: Instant
    payments: list[PaymentInDoubtBody]
    refunds: list[OpenRefundBody]
    mails: list[StuckMailBody]
    webhooks: list[FailingWebhook] | None
    bells: list[BellBody] | None
    laws: list[LawFacts] | None
    split_batches: list[SplitBatchesBody] | None


class LookUp(Body, frozen=True):
    """Why a payment is looked up before its time; it is in the log."""

    reason: Text


class MailsSent(msgspec.Struct, frozen=True):
    """Whether the mail is due now; false: it was sent already, or there is no such mail."""

    due: bool


LOOK_UP = msgspec.json.Decoder(LookUp)
# A look is the same for all who ask.
KEPT_S = 2.0


async def show_trouble(call: Call) -> Answer:
    """What has gone wrong and waits for an operator, and the bells; of the caller's concerts, where
    the role is for these. At most some seconds old."""
    call.operator()
    runtime, concerts = call.runtime, call.caller.concerts
    key = "" if concerts is None else "\n".join(sorted(concerts))
    kept = runtime.troubles.setdefault(key, Latest(KEPT_S))

    async def look() -> TroubleBody:
        found = await trouble.look(runtime, concerts)
        return trouble_body(found, instant(runtime.now()))

    return Answer(200, await kept.get(look), ((b"cache-control", b"no-store"),))


async def look_up_payment(call: Call) -> Answer:
    """Ask the provider now what it did with a payment in doubt, instead of at the next turn. It
    settles by itself as soon as the provider answers."""
    who, checkout_id = call.operator(), call.path_uuid("checkout_id")
    if checkout_id is None:
        raise NotFound
    reason = (await call.body(LOOK_UP)).reason
    await trouble.look_up(call.runtime, who, checkout_id, reason)
    call.runtime.troubles.clear()
    return Answer(202)


async def retry_mail(call: Call) -> Answer:
    """Send a mail now that waits or was given up. One that was sent is not sent again."""
    who, mail_id = call.operator(), call.path_uuid("mail_id")
    if mail_id is None:
        raise NotFound
    count = await trouble.send_again(call.runtime, who, [mail_id])
    call.runtime.troubles.clear()
    return Answer(200, MailsSent(count > 0))


def trouble_body(found: Trouble, at: Instant) -> TroubleBody:
    """It as it is answered."""
    webhooks, rung, split = found.webhooks, found.bells, found.batches
    return TroubleBody(
        at,
        [_payment(each) for each in found.payments],
        [open_refund(each) for each in found.refunds],
        [_mail(each) for each in found.mails],
        None if webhooks is None else [_webhook(each) for each in webhooks],
        None if rung is None else [_bell(each) for each in rung],
        found.laws,
        None if split is None else [SplitBatchesBody(*each) for each in split],
    )


def _payment(each: PaymentInDoubt) -> PaymentInDoubtBody:
    return PaymentInDoubtBody(
        each.id,
        each.order_id,
        None if each.order_id is None else booking_number(each.order_id),
        each.concert_id,
        each.provider,
        each.amount,
        each.currency,
        each.reason,
        instant(each.created_at),
        instant_or_none(each.handed_over_at),
    )


def _mail(each: StuckMail) -> StuckMailBody:
    assert each.state != "sent", "a mail that was sent is no trouble"
    return StuckMailBody(
        each.id,
        each.order_id,
        None if each.order_id is None else booking_number(each.order_id),
        each.concert_id,
        each.kind,
        each.state,
        each.attempts,
        instant(each.created_at),
        each.error,
    )


def _webhook(each: WebhookEndpoint) -> FailingWebhook:
    failing, disabled = instant_or_none(each.failing_since), instant_or_none(each.disabled_at)
    return FailingWebhook(each.id, each.url, failing, disabled, each.waiting)


def _bell(each: Bell) -> BellBody:
    return BellBody(each.queue_id, each.kind, instant_or_none(each.since))


AT = "2026-11-22T11:04:10.000Z"
EXAMPLE: dict[str, Any] = {
    "at": AT,
    "payments": [
        {
            "id": EXAMPLE_ID,
            "order_id": EXAMPLE_ID,
            "booking_number": booking_number(UUID(EXAMPLE_ID)),
            "concert_id": "small-hall",
            "provider": "stripe",
            "amount": 66000,
            "currency": "KRW",
            "reason": None,
            "created_at": AT,
            "handed_over_at": None,
        }
    ],
    "refunds": [EXAMPLE_REFUND],
    "mails": [
        {
            "id": EXAMPLE_ID,
            "order_id": EXAMPLE_ID,
            "booking_number": booking_number(UUID(EXAMPLE_ID)),
            "concert_id": "small-hall",
            "kind": "order_paid",
            "state": "given_up",
            "attempts": 12,
            "created_at": AT,
            "error": "550 5.1.1 no such mailbox",
        }
    ],
    "webhooks": [],
    "bells": [{"concert_id": "small-hall", "bell": "at_limit", "since": None}],
    "laws": [],
    "split_batches": [{"verb": "hold", "count": 1}],
}
GATES = (Unauthenticated, OperatorRequired)

OPERATIONS = (
    Operation(
        "show_trouble",
        "GET",
        "/v1/admin/trouble",
        "admin",
        "What waits for an operator",
        show_trouble,
        (Shown(200, "The trouble", TroubleBody, EXAMPLE, headers=("Cache-Control",)),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "look_up_payment",
        "POST",
        "/v1/admin/checkouts/{checkout_id}/look-up",
        "admin",
        "Ask the provider about a payment now",
        look_up_payment,
        (Shown(202, "It is looked up"),),
        (*GATES, InvalidRequest, *OF_BODIES),
        body=LookUp,
        body_example={"reason": "The fan is on the phone"},
        signed_in=True,
    ),
    Operation(
        "retry_mail",
        "POST",
        "/v1/admin/mails/{mail_id}/retry",
        "admin",
        "Send a mail that did not get through",
        retry_mail,
        (Shown(200, "Whether it is due now", MailsSent, {"due": True}),),
        GATES,
        signed_in=True,
    ),
)

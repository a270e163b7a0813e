"""Every operation of the API, in the order of the flow: the contract that the routes, openapi.json
and the mock API are made from."""

from yemae.http import health
from yemae.http.contract.operation import Operation
from yemae.http.fan import (
    account,
    availability,
    calendars,
    cancellations,
    challenges,
    checkouts,
    concerts,
    details,
    email_confirmations,
    grades,
    guests,
    hooks,
    linked_logins,
    merges,
    orders,
    password_resets,
    payments,
    plans,
    posters,
    push_notices,
    queue,
    queue_status,
    sign_ins,
    terms,
    ticket_links,
    users,
    wallet,
)
from yemae.http.operator import (
    blocks,
    box_office,
    dates,
    fans,
    live,
    log,
    order_changes,
    queues,
    roles,
    sales,
    trouble,
    webhooks,
)
from yemae.http.operator import concerts as any_concerts
from yemae.http.operator import disputes as any_disputes
from yemae.http.operator import orders as any_orders
from yemae.http.operator import refunds as any_refunds
from yemae.http.operator.gate import guarded

FOR_OPERATORS: tuple[Operation, ...] = (
    *any_concerts.OPERATIONS,
    *queues.OPERATIONS,
    *blocks.OPERATIONS,
    *any_orders.OPERATIONS,
    *order_changes.OPERATIONS,
    *fans.OPERATIONS,
    *box_office.OPERATIONS,
    *sales.OPERATIONS,
    *dates.OPERATIONS,
    *any_refunds.OPERATIONS,
    *any_disputes.OPERATIONS,
    *trouble.OPERATIONS,
    *webhooks.OPERATIONS,
    *live.OPERATIONS,
    *log.OPERATIONS,
    *roles.OPERATIONS,
)

OPERATIONS: tuple[Operation, ...] = (
    *queue.OPERATIONS,
    *queue_status.OPERATIONS,
    *challenges.OPERATIONS,
    *orders.OPERATIONS,
    *payments.OPERATIONS,
    *ticket_links.OPERATIONS,
    *checkouts.OPERATIONS,
    *hooks.OPERATIONS,
    *cancellations.OPERATIONS,
    *concerts.OPERATIONS,
    *grades.OPERATIONS,
    *details.OPERATIONS,
    *posters.OPERATIONS,
    *plans.OPERATIONS,
    *calendars.OPERATIONS,
    *availability.OPERATIONS,
    *wallet.OPERATIONS,
    *users.OPERATIONS,
    *sign_ins.OPERATIONS,
    *linked_logins.OPERATIONS,
    *push_notices.OPERATIONS,
    *password_resets.OPERATIONS,
    *email_confirmations.OPERATIONS,
    *account.OPERATIONS,
    *guests.OPERATIONS,
    *merges.OPERATIONS,
    *terms.OPERATIONS,
    *guarded(FOR_OPERATORS),
    *health.OPERATIONS,
)

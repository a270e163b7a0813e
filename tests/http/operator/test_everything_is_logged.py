"""Every call for operators that changes something leaves a line in the log, with who did it."""

from typing import Any

from helpers.concerts import FIRST, HALL, SECOND, SMALL, TEXT
from helpers.http import Visitor
from helpers.operators import LATER, QUEUE
from yemae.http.operations import FOR_OPERATORS

ORDERS = "/v1/admin/orders"
WEBHOOKS = "/v1/admin/webhooks"
# A refund that a card declined: it is written by the same function as `refund_order`. Payments in
# doubt and mails that were given up are in test_trouble.py.
ELSEWHERE = {"retry_refund", "look_up_payment", "retry_mail"}
# They take a body, and change nothing.
LOOKS = {"compare_concert_file", "draw_concert_file"}
WHY = {"reason": "Asked on the phone"}
CASH = {"performance_id": FIRST, "tender": "cash", "name": "Ben Lee"}


REPORT = f"/v1/admin/concerts/{HALL}/closing-report"


class Journal:
    """Calls of one operator, and the names of those that were followed by a line of theirs."""

    def __init__(self, op: Visitor) -> None:
        self.op = op
        self.names: set[str] = set()
        self._last: str | None = None

    async def call(self, name: str, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Make a call; there has to be a new line by this operator."""
        given: dict[str, Any] = {} if body is None else {"json": body}
        answer = await self.op.ask(method, path, **given)
        assert answer.is_success, f"{name}: {answer.text}"
        line = (await self.op.get("/v1/admin/log?limit=1")).json()["lines"][0]
        assert line["id"] != self._last, f"{name} has no line in the log"
        assert line["who"] == "op"
        self._last = line["id"]
        self.names.add(name)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        return dict(answer.json()) if is_json and answer.content else {}


async def test_every_change_has_a_line_in_the_log(op: Visitor) -> None:
    journal = Journal(op)
    parts = (
        _concerts, _fans, _queue, _seats, _orders, _webhooks, _books, _roles, _dates
    )  # fmt: skip
    for part in parts:
        await part(journal)
    changes = {each.name for each in FOR_OPERATORS if each.method != "GET"}
    assert journal.names == changes - ELSEWHERE - LOOKS


async def _concerts(journal: Journal) -> None:
    file = {"toml": TEXT.format(**SMALL | {"concert_id": "new"})}
    shown = (await journal.op.post("/v1/admin/concert-files/comparison", file)).json()
    body = file | {"digest": shown["digest"]}
    await journal.call("apply_concert_file", "POST", "/v1/admin/concert-files", body)
    ready = "/v1/admin/concerts/new/readiness"
    digest = (await journal.op.get(ready)).json()["digest"]
    body = {"name": "Ann Kim", "expected_fans": 500, "digest": digest}
    signed = await journal.call("sign_off", "POST", f"{ready}/sign-offs", body)
    await journal.call("take_sign_off_back", "DELETE", f"{ready}/sign-offs/{signed['id']}")


async def _queue(journal: Journal) -> None:
    await journal.call("change_queue", "PATCH", QUEUE, {"sale_opens_at": LATER})
    await journal.call("open_sale_now", "POST", f"{QUEUE}/open-now")
    await journal.call("pause_queue", "POST", f"{QUEUE}/pause")
    await journal.call("drain_queue", "POST", f"{QUEUE}/drain")
    await journal.call("resume_queue", "POST", f"{QUEUE}/resume")
    await journal.call("admit_now", "POST", f"{QUEUE}/admit", {"count": 1})
    await journal.call("revoke_pass", "POST", f"{QUEUE}/revoke", {"user_id": "ann"})
    body = {"user_id": "ann", "reason": "Left by mistake"}
    await journal.call("reopen_place", "POST", f"{QUEUE}/reopen", body)


async def _seats(journal: Journal) -> None:
    await journal.call("take_closing_report", "POST", REPORT)
    blocks = f"/v1/admin/concerts/{HALL}/blocks"
    body = {"reason": "house", "seats": ["10"], "performances": [FIRST]}
    name = (await journal.call("block_seats", "POST", blocks, body))["name"]
    await journal.call("release_seats", "POST", f"{blocks}/{name}/release", {"seats": ["10"]})


async def _orders(journal: Journal) -> None:
    order = await journal.call("sell_at_box_office", "POST", ORDERS, {**CASH, "seats": ["1"]})
    one = f"{ORDERS}/{order['id']}"
    await journal.call("print_tickets", "POST", f"{one}/tickets")
    await journal.call("reveal_fan", "POST", f"{one}/fan", WHY)
    await journal.call("move_order", "POST", f"{one}/move", {"seats": ["2"], "price": "keep"})
    back = await journal.call("refund_order", "POST", f"{one}/refunds", {**WHY, "amount": 1})
    payout = f"/v1/admin/refunds/{back['refunds'][0]['id']}/payout"
    await journal.call("pay_out_refund", "POST", payout)
    await journal.call("cancel_any_order", "POST", f"{one}/cancellation", {**WHY, "fee": "none"})


async def _fans(journal: Journal) -> None:
    site = journal.op.site
    (fan,) = await site.enter("fan")
    await fan.top_up()
    order_id = await fan.held("5")
    one = f"{ORDERS}/{order_id}"
    await journal.call("extend_hold", "POST", f"{one}/extension", WHY)
    free = f"{ORDERS}/{await fan.held('6')}/release"
    await journal.call("free_hold", "POST", free, WHY)
    assert (await fan.pay(order_id)).status_code == 201
    await journal.call("send_mail", "POST", f"{one}/mails", {**WHY, "email": "fan@example.com"})
    person = {**WHY, "user_id": fan.user_id}
    await journal.call("reveal_person", "POST", "/v1/admin/fans/reveal", person)


async def _webhooks(journal: Journal) -> None:
    body = {"url": "https://receiver.invalid/", "events": ["order.paid"]}
    made = await journal.call("add_webhook", "POST", WEBHOOKS, body)
    one = f"{WEBHOOKS}/{made['webhook']['id']}"
    await journal.call("change_webhook", "PATCH", one, {"events": ["refund.settled"]})
    await journal.call("rotate_webhook_secret", "POST", f"{one}/secret")
    await journal.call("test_webhook", "POST", f"{one}/test")
    await journal.call("replay_webhooks", "POST", f"{one}/replay", {"state": "given_up"})
    await journal.call("remove_webhook", "DELETE", one)


async def _books(journal: Journal) -> None:
    await journal.call("ask_for_reconcile", "POST", "/v1/admin/reconcile")
    sales = f"/v1/admin/concerts/{HALL}/sales"
    await journal.call("take_payments", "POST", f"{sales}/payments", {})


async def _roles(journal: Journal) -> None:
    who = {"name": "김예매", "email": "ann@example.com", "password": "correct horse"}
    await journal.op.site.ask("POST", "/v1/users", json=who)
    body = {"user": who["email"], "role": "viewer"}
    await journal.call("give_role", "POST", "/v1/admin/roles", body)
    await journal.call("take_role_back", "POST", "/v1/admin/roles/revoke", body)


async def _dates(journal: Journal) -> None:
    first, second = (f"/v1/admin/performances/{each}" for each in (FIRST, SECOND))
    later = {"starts_at": "2031-01-01T10:00:00Z", **WHY}
    await journal.call("postpone_date", "POST", f"{first}/postponement", later)
    await journal.op.post(ORDERS, {**CASH, "performance_id": SECOND, "seats": ["1"]})
    await journal.call("cancel_date", "POST", f"{second}/cancellation", WHY)
    await journal.call("pause_refund_run", "POST", f"{second}/refunds/pause")
    await journal.call("resume_refund_run", "POST", f"{second}/refunds/resume")
    await journal.call("cancel_concert", "POST", f"/v1/admin/concerts/{HALL}/cancellation", WHY)

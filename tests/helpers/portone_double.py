"""A double of PortOne's API (V2), as far as the SDK is used: payments, cancellations, webhooks.

It keeps PortOne's rules: a cancellation of more than is left, or from another rest than was named,
is refused; an attempt that failed may be tried again.
"""

import base64
import hashlib
import hmac
import itertools
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from starlette.requests import Request

from helpers.doubles import Double, Said

API_SECRET, STORE, CHANNEL = "secret-of-the-double", "store-1", "channel-key-1"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(b"webhooks of the double").decode()
KEYS = f"{API_SECRET} {STORE} {CHANNEL} {WEBHOOK_SECRET}"
AMOUNT = {"taxFree": 0, "discount": 0, "paid": 0, "cancelled": 0, "cancelledTaxFree": 0}
# The headers of a webhook, and its body.
Sent = tuple[dict[str, str], bytes]


class PortOneDouble(Double):
    """PortOne, and what a fan and the shop's owner do there."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        # Amount and currency by the payment's id, and the payments whose window was opened.
        self.registered: dict[str, tuple[int, str]] = {}
        self.payments: dict[str, dict[str, Any]] = {}
        self.cancellation_status = "SUCCEEDED"

    def open(self, checkout_id: UUID, **changed: Any) -> dict[str, Any]:
        """The fan opens the window. `changed`: what their browser was made to say."""
        name = checkout_id.hex
        total, currency = self.registered[name]
        now = datetime.now(UTC).isoformat()
        payment = self.payments.setdefault(
            name,
            {
                "id": name, "transactionId": f"tx-{name}", "merchantId": "merchant-1",
                "storeId": STORE, "version": "V2", "requestedAt": now, "updatedAt": now,
                "statusChangedAt": now, "orderName": "티켓", "currency": currency,
                "customer": {}, "origin": {"platformType": "PC", "ipAddress": "127.0.0.1"},
                "disputes": [], "cancellations": [],
                "amount": {**AMOUNT, "total": total},
                "channel": {
                    "type": "LIVE", "pgProvider": "TOSSPAYMENTS", "pgMerchantId": "m",
                    "key": CHANNEL,
                },
            },
        )  # fmt: skip
        payment.setdefault("status", "READY")
        return self._changed(payment, changed)

    def _changed(self, payment: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
        payment["channel"] |= changed.pop("channel", {})
        payment["amount"] |= changed.pop("amount", {})
        payment |= changed
        return payment

    def pay(self, checkout_id: UUID, **changed: Any) -> dict[str, Any]:
        """The fan pays: the money is captured."""
        now = datetime.now(UTC).isoformat()
        return self.open(checkout_id, **{"status": "PAID", "paidAt": now} | changed)

    def decline(self, checkout_id: UUID) -> None:
        """The card company refuses; the fan may try again."""
        now = datetime.now(UTC).isoformat()
        self.open(checkout_id, status="FAILED", failedAt=now, failure={"reason": "declined"})

    def cancel_in_dashboard(self, checkout_id: UUID, amount: int) -> None:
        """The shop's owner gives money back by hand."""
        self._cancel(self.payments[checkout_id.hex], amount, "by hand")

    def event(self, checkout_id: UUID | str, secret: str = WEBHOOK_SECRET, age_s: int = 0) -> Sent:
        """A webhook."""
        name = checkout_id.hex if isinstance(checkout_id, UUID) else checkout_id
        data = {"paymentId": name, "storeId": STORE, "transactionId": f"tx-{name}"}
        at = int(time.time()) - age_s
        said = {
            "type": "Transaction.Paid",
            "timestamp": datetime.now(UTC).isoformat(),
            "data": data,
        }
        body = json.dumps(said).encode()
        key = base64.b64decode(secret.removeprefix("whsec_"))
        sign = hmac.new(key, f"hook-1.{at}.".encode() + body, hashlib.sha256).digest()
        headers = {
            "webhook-id": "hook-1",
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,{base64.b64encode(sign).decode()}",
        }
        return headers, body

    async def answer(self, request: Request, body: bytes) -> Said:
        """Answer a merchant."""
        if request.headers.get("authorization") != f"PortOne {API_SECRET}":
            return Said(401, {"type": "UNAUTHORIZED"})
        values = json.loads(body or b"{}")
        assert request.method == "GET" or values["storeId"] == STORE
        match (request.method, *request.url.path.strip("/").split("/")):
            case ("POST", "payments", name, "pre-register"):
                if self.payments.get(name, {}).get("status") == "PAID":
                    return Said(409, {"type": "ALREADY_PAID"})
                self.registered[name] = values["totalAmount"], values["currency"]
                return Said(200, {})
            case ("GET", "payments"):
                return self._list(json.loads(unquote(request.query_params["requestBody"])))
            case (_, "payments", name, *verb) if name in self.payments:
                payment = self.payments[name]
                return self._asked_back(payment, values) if verb else Said(200, payment)
        return Said(404, {"type": "PAYMENT_NOT_FOUND"})

    def _asked_back(self, payment: dict[str, Any], values: dict[str, Any]) -> Said:
        if payment["status"] not in ("PAID", "PARTIAL_CANCELLED"):
            return Said(409, {"type": "PAYMENT_NOT_PAID"})
        left = payment["amount"]["total"] - payment["amount"]["cancelled"]
        if values["currentCancellableAmount"] != left:
            return Said(409, {"type": "CANCELLABLE_AMOUNT_CONSISTENCY_BROKEN"})
        if values["amount"] > left:
            return Said(409, {"type": "CANCEL_AMOUNT_EXCEEDS_CANCELLABLE_AMOUNT"})
        made = self._cancel(payment, values["amount"], values["reason"])
        return Said(200, {"cancellation": made})

    def _cancel(self, payment: dict[str, Any], amount: int, reason: str) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        made = {
            "status": self.cancellation_status, "id": f"cancel-{next(self._numbers)}",
            "totalAmount": amount, "taxFreeAmount": 0, "vatAmount": 0, "reason": reason,
            "requestedAt": now, "cancelledAt": now,
        }  # fmt: skip
        payment["cancellations"].append(made)
        if self.cancellation_status != "FAILED":
            payment["amount"]["cancelled"] += amount
            is_all = payment["amount"]["cancelled"] == payment["amount"]["total"]
            payment["status"] = "CANCELLED" if is_all else "PARTIAL_CANCELLED"
            payment["cancelledAt"] = now
        return made

    def _list(self, asked: dict[str, Any]) -> Said:
        assert asked["filter"]["storeId"] == STORE
        number, size = asked["page"]["number"], asked["page"]["size"]
        items = list(self.payments.values())[number * size : (number + 1) * size]
        page = {"number": number, "size": size, "totalCount": len(self.payments)}
        return Said(200, {"items": items, "page": page})

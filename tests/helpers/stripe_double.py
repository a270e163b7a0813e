"""A double of Stripe's API, as far as the SDK is used: sessions, payment intents, refunds, events.

It keeps Stripe's rules: a key of idempotency is answered as before, and refused with other values;
an intent is captured once; no more is refunded than was captured; a session is expired only while
it is open; lists have pages.
"""

import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request

from helpers.doubles import Double, Said

KEY, WEBHOOK_SECRET = "sk_live_a_key_of_the_double", "whsec_a_secret_of_the_double"
TEST_KEY = KEY.replace("live", "test")
KEYS = f"{KEY} {WEBHOOK_SECRET}"
PAGE_MAX = 2
# The headers of a webhook, and its body.
Sent = tuple[dict[str, str], bytes]


class StripeDouble(Double):
    """Stripe, and what a fan, the shop's owner and a card's issuer do there."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.made: list[dict[str, Any]] = []
        self.disputes: list[dict[str, Any]] = []
        self._answers: dict[str, tuple[str, Said]] = {}
        self.refund_status = "succeeded"
        # Without money of the shop's own, nothing goes back.
        self.has_funds = True
        # A failure is an answer, too, and is kept with its key.
        self.fails_once = False

    def session_of(self, checkout_id: UUID) -> dict[str, Any]:
        """The page of a checkout."""
        (found,) = [
            each
            for each in self.sessions.values()
            if each["client_reference_id"] == str(checkout_id)
        ]
        return found

    def intent_of(self, checkout_id: UUID) -> dict[str, Any]:
        """The payment of a checkout."""
        return self.intents[self.session_of(checkout_id)["payment_intent"]]

    def pay(self, checkout_id: UUID, **changed: Any) -> dict[str, Any]:
        """The fan pays on the page: the money is authorised."""
        session = self.session_of(checkout_id)
        assert session["status"] == "open", "a page that is closed takes no payment"
        intent = {
            "id": self._new("pi"),
            "object": "payment_intent",
            "status": "requires_capture",
            "amount": session["amount_total"],
            "amount_received": 0,
            "currency": session["currency"],
            "created": int(time.time()),
            "metadata": dict(session["intent_metadata"]),
            "latest_charge": {"id": self._new("ch"), "object": "charge", "amount_refunded": 0},
        } | changed
        self.intents[intent["id"]] = intent
        session |= {"status": "complete", "payment_intent": intent["id"]}
        return intent

    def refund_in_dashboard(self, checkout_id: UUID, amount: int) -> dict[str, Any]:
        """The shop's owner gives money back by hand."""
        return self._refund(self.intent_of(checkout_id), amount, {})

    def dispute(self, checkout_id: UUID, status: str = "needs_response") -> Sent:
        """The cardholder disputes the payment, or the dispute goes on; the webhook of it."""
        intent = self.intent_of(checkout_id)
        known = [each for each in self.disputes if each["payment_intent"] == intent["id"]]
        if not known:
            known = [
                {
                    "id": self._new("du"), "object": "dispute", "payment_intent": intent["id"],
                    "amount": intent["amount_received"], "currency": intent["currency"],
                    "reason": "fraudulent",
                }
            ]  # fmt: skip
            self.disputes += known
        known[0]["status"] = status
        intent["latest_charge"]["disputed"] = True
        return self.event("charge.dispute.updated", known[0])

    def forget_keys(self) -> None:
        """A day later."""
        self._answers.clear()

    def event(
        self, kind: str, about: dict[str, Any], secret: str = WEBHOOK_SECRET, age_s: int = 0
    ) -> Sent:
        """A webhook."""
        body = json.dumps({"object": "event", "type": kind, "data": {"object": about}}).encode()
        at = int(time.time()) - age_s
        sign = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {"stripe-signature": f"t={at},v1={sign}"}, body

    async def answer(self, request: Request, body: bytes) -> Said:
        """Answer once for each key."""
        if request.headers.get("authorization") not in (f"Bearer {KEY}", f"Bearer {TEST_KEY}"):
            text = "Invalid API Key provided: sk_live_****************uble"
            return Said(401, {"error": {"type": "invalid_request_error", "message": text}})
        key, values = request.headers.get("idempotency-key"), dict(parse_qsl(body.decode()))
        asked = f"{request.url.path} {sorted(values.items())}"
        if key is not None and key in self._answers:
            before, said = self._answers[key]
            if before == asked:
                return said
            return _refused(400, "idempotency_key_in_use", "idempotency_error")
        said = self._failed() or self._of(request, values) or _refused(404, "resource_missing")
        if key is not None:
            self._answers[key] = asked, said
        return said

    def _failed(self) -> Said | None:
        fails, self.fails_once = self.fails_once, False
        return _refused(500, "", "api_error") if fails else None

    def _of(self, request: Request, values: dict[str, str]) -> Said | None:
        match (request.method, *request.url.path.removeprefix("/v1/").split("/")):
            case ("POST", "checkout", "sessions"):
                return Said(200, self._shown(self._start(values)))
            case (_, "checkout", "sessions", name, *verb) if name in self.sessions:
                return self._session(self.sessions[name], verb)
            case (_, "payment_intents", name, *verb) if name in self.intents:
                return self._end(self.intents[name], verb)
            case ("POST", "refunds"):
                return self._asked_back(values)
            case ("GET", kind):
                return self._list(request, kind)
        return None

    def _session(self, session: dict[str, Any], verb: list[str]) -> Said:
        if verb == ["expire"]:
            if session["status"] != "open":
                return _refused(400, "session_not_open")
            session["status"] = "expired"
        return Said(200, self._shown(session))

    def _start(self, values: dict[str, str]) -> dict[str, Any]:
        assert values["payment_intent_data[capture_method]"] == "manual"
        begin, end = "payment_intent_data[metadata][", "]"
        name = self._new("cs")
        session = {
            "id": name,
            "object": "checkout.session",
            "status": "open",
            "url": f"https://checkout.stripe.example/c/pay/{name}",
            "client_reference_id": values["client_reference_id"],
            "amount_total": int(values["line_items[0][price_data][unit_amount]"]),
            "currency": values["line_items[0][price_data][currency]"],
            "success_url": values["success_url"],
            "payment_intent": None,
            "intent_metadata": {
                key.removeprefix(begin).removesuffix(end): value
                for key, value in values.items()
                if key.startswith(begin)
            },
        }
        self.sessions[name] = session
        return session

    def _shown(self, session: dict[str, Any]) -> dict[str, Any]:
        """A session with its payment, as the SDK asks for it."""
        return session | {"payment_intent": self.intents.get(session["payment_intent"] or "")}

    def _end(self, intent: dict[str, Any], verb: list[str]) -> Said:
        if verb:
            if intent["status"] != "requires_capture":
                return _refused(400, "payment_intent_unexpected_state")
            intent["status"] = {"capture": "succeeded", "cancel": "canceled"}[verb[0]]
        if verb == ["capture"]:
            intent["amount_received"] = intent["amount"]
        return Said(200, intent)

    def _asked_back(self, values: dict[str, str]) -> Said:
        intent, amount = self.intents[values["payment_intent"]], int(values["amount"])
        if amount > intent["amount_received"] - intent["latest_charge"]["amount_refunded"]:
            return _refused(400, "charge_already_refunded")
        if not self.has_funds:
            return _refused(400, "balance_insufficient")
        begin = "metadata["
        metadata = {
            key.removeprefix(begin).removesuffix("]"): value
            for key, value in values.items()
            if key.startswith(begin)
        }
        return Said(200, self._refund(intent, amount, metadata))

    def _refund(
        self, intent: dict[str, Any], amount: int, metadata: dict[str, str]
    ) -> dict[str, Any]:
        intent["latest_charge"]["amount_refunded"] += amount
        made = {
            "id": self._new("re"),
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "status": self.refund_status,
            "payment_intent": intent["id"],
            "metadata": metadata,
        }
        self.made.append(made)
        return made

    def _list(self, request: Request, kind: str) -> Said | None:
        """A page of a list, smaller than Stripe's, so that there are several."""
        asked = request.query_params
        lists = {
            "payment_intents": list(self.intents.values()),
            "disputes": [
                each
                for each in self.disputes
                if each["payment_intent"] == asked.get("payment_intent")
            ],
            "refunds": [
                each for each in self.made if each["payment_intent"] == asked.get("payment_intent")
            ],
        }
        if kind not in lists:
            return None
        names = [each["id"] for each in lists[kind]]
        begin = names.index(asked["starting_after"]) + 1 if "starting_after" in asked else 0
        end = begin + PAGE_MAX
        page, has_more = lists[kind][begin:end], end < len(names)
        url = request.url.path
        return Said(200, {"object": "list", "data": page, "has_more": has_more, "url": url})

    def _new(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"


def _refused(status: int, code: str, kind: str = "invalid_request_error") -> Said:
    return Said(status, {"error": {"type": kind, "code": code, "message": code}})

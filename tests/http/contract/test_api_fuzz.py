"""Strange and ordinary requests made from openapi.json, against a running server: every answer is
one that the document shows for the operation, and none is a fault.

A third of the requests are as the generator made them, a third come from fans who are inside, and
a third also name what exists, so that they get past the gates.
"""

import itertools
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from PIL import Image
from schemathesis import checks

from helpers.cancelling import POLICY, call_off
from helpers.concerts import FIRST, HALL, TEXT
from helpers.contract import DOCUMENT, simplified
from helpers.forms import OF_FORMS, body_of, look
from helpers.not_reached import NOT_REACHED
from helpers.server import SECRET_KEY, Server
from helpers.terms import publish_terms
from yemae.accounts.access import OPERATOR, Issuer
from yemae.http.fan.push_notices import EXAMPLE
from yemae.orders.booking_number import booking_number
from yemae.orders.ticket_link import TicketLink, TicketLinks

FANS = 150
EXAMPLES = 12
WAIT_S = 60.0
# Far more often than the answer asks for, and below the limit.
POLL_S = 0.05
# Operators steer a queue of their own, so that they never shut the one that the fans need. Its sale
# is still to come, so that it can be opened.
STEERED = "steered"
# It is cancelled before anything else, so that its refunds are there for every call.
CALLED_OFF = "called-off"
CONCERTS = {
    concert_id: TEXT.format(
        concert_id=concert_id,
        seats=5_000,
        seat_limit=20,
        active_limit=1_000,
        admit_per_minute=60_000,
        entry_ttl_s=3_600,
        absent_after_s=600,
    ).replace("2026-01-01T00:00:00Z", opens_at)
    for concert_id, opens_at in (
        (HALL, "2026-01-01T00:00:00Z"),
        (STEERED, "2029-01-01T00:00:00Z"),
        (CALLED_OFF, "2029-01-01T00:00:00Z"),
    )
}
# A block of the file is not gone when it is released.
PRESS = '\n[[blocks]]\nname = "press"\nreason = "press"\nseats = ["5000"]\n'
CONCERTS[STEERED] += PRESS
CONCERTS[HALL] = f'poster = "poster.png"\n{CONCERTS[HALL]}{POLICY}'
VERSION = "1"
TERMS = f'version = "{VERSION}"\n[terms]\nen = "Terms"\n[privacy]\nen = "Privacy"\n'
MOMENTS = {"sale_opens_at", "prequeue_opens_at", "at", "releases_at"}
# While any queue asks for a proof of work, new accounts have to bring one.
GUARD = {"proof_of_work"}
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]

SESSION = {"email": "known@example.com", "password": "correct horse"}
SIGN_OUT = "DELETE /v1/sessions"
SIGN_UP = "POST /v1/users"
# These need more than a held order: a paid one, or a checkout.
OF_PAID = re.compile(r"/orders/{order_id}/(canc\w+|refunds|tickets|address|mails)$|/linked-order$")
WEBHOOKS = "/v1/admin/webhooks"
WEBHOOK = {"url": "https://receiver.invalid/", "events": ["order.paid"]}
OF_WEBHOOK = re.compile(r"^/v1/admin/webhooks/")
OF_CHECKOUT = re.compile(r"^/v1/checkouts/")
# What would end the sale that the fans need.
OF_A_DATE = re.compile(r"^/v1/admin/performances/")
CALLS_OFF = re.compile(
    r"/admin/concerts/{concert_id}/cancellation$|/performances/.*/(canc|refunds)"
)
MOVES = "POST /v1/admin/performances/{performance_id}/postponement"
ROLE = {"user": SESSION["email"], "role": "viewer", "concert_id": STEERED}
BODIES = {
    "POST /v1/push-notices": EXAMPLE | {"kind": "turn"},
    "POST /v1/orders/{order_id}/payment": {"terms": VERSION},
    "POST /v1/orders/{order_id}/checkouts": {"terms": VERSION, "method": "card"},
    **dict.fromkeys(("POST /v1/admin/roles", "POST /v1/admin/roles/revoke"), ROLE),
}
SEEN: Counter[tuple[str, int]] = Counter()
_turns = itertools.count()
_years, _pages = itertools.count(), itertools.count()
_seats = map(str, itertools.count(1))


# Streams have no end; tests/http/fan/test_queue_stream.py listens to them.
schema = schemathesis.openapi.from_dict(simplified(DOCUMENT)).exclude(path_regex="/(stream|live)$")


def put(known: dict[str, str], part: dict[str, Any]) -> None:
    """Put what exists in the place of parameters with these names."""
    for name in known.keys() & part.keys():
        part[name] = known[name]


class Fan:
    """A fan inside with money and a held order, who is an operator besides; goes in again when
    that has ended."""

    def __init__(self, client: httpx.Client, number: int) -> None:
        self._client = client
        token = Issuer(SECRET_KEY, 3_600).issue(f"fan-{number}", OPERATOR).text
        self.tokens = {"Authorization": f"Bearer {token}"}
        self.guest_key = client.post("/v1/guests").json()["guest_key"]
        concert = client.get(f"/v1/concerts/{HALL}").json()
        self.known = {"digest": concert["cancellation"], "checkout_id": "", "order_id": ""}
        self.user_id = f"fan-{number}"
        self.shown = ""
        self.has_ended = True
        headers = {**self.tokens, "Idempotency-Key": "money"}
        client.post("/v1/wallet/top-ups", headers=headers, json={"amount": 10_000_000})

    def ready(self) -> None:
        """Be inside, with a held order."""
        if not self.has_ended:
            return
        place = self._client.post(f"/v1/concerts/{HALL}/queue-tokens", headers=self.tokens).json()
        self.tokens["Queue-Token"] = place["queue_token"]
        while place["state"] == "waiting":
            time.sleep(POLL_S)
            place = self._client.get("/v1/queue-tokens/me", headers=self.tokens).json()
        self.tokens["Entry-Token"] = place["entry_token"]
        body = {"performance_id": FIRST, "seats": [next(_seats)]}
        held = self._client.post("/v1/orders", headers=self.tokens, json=body)
        assert held.status_code == 201, held.text
        self.known["order_id"] = held.json()["id"]
        self.has_ended = False

    def go_on(self, operation: str) -> None:
        """Do with the order what this operation needs."""
        order = f"/v1/orders/{self.known['order_id']}"
        if OF_PAID.search(operation):
            body = {"terms": VERSION}
            self._client.post(f"{order}/payment", headers=self.tokens, json=body)
            self.has_ended = True
        elif OF_WEBHOOK.search(operation):
            listed = self._client.get(WEBHOOKS, headers=self.tokens).json()["webhooks"]
            listed = [each for each in listed if each["disabled_at"] is None]
            if not listed:
                made = self._client.post(WEBHOOKS, headers=self.tokens, json=WEBHOOK).json()
                listed = [made["webhook"]]
            self.known["webhook_id"] = listed[-1]["id"]
        elif OF_FORMS.search(operation):
            self.shown = look(self._client, self.tokens, operation, STEERED, self.known)
        elif OF_CHECKOUT.search(operation):
            body = {"method": "card", "terms": VERSION}
            begun = self._client.post(f"{order}/checkouts", headers=self.tokens, json=body)
            assert begun.status_code == 201, begun.text
            self.known["checkout_id"] = begun.json()["id"]
            self.has_ended = True

    def fill_in(self, case: Any) -> None:
        """Put what exists in the place of what the generator thought up."""
        case.headers.update(self.tokens)
        order_id = UUID(self.known["order_id"])
        case.headers["Ticket-Link"] = TicketLinks(SECRET_KEY).text(TicketLink(order_id, 0))
        is_admin = case.operation.path.startswith("/v1/admin/")
        concert_id = STEERED if is_admin else HALL
        if CALLS_OFF.search(case.operation.path):
            concert_id = CALLED_OFF
        is_of_date = OF_A_DATE.search(case.operation.path)
        known = {
            "concert_id": concert_id,
            "performance_id": f"{concert_id}-2" if is_of_date else FIRST,
            "name": "press",
            "id": "a-copy",
            "version": VERSION,
            "mail_id": str(order_id),
            "user_id": self.user_id,
            **self.known,
        }
        put(known, case.path_parameters)
        put(known, case.query or {})
        turn_back(case)
        if OF_PAID.search(case.operation.path) or case.operation.path.endswith("/blocks"):
            # Which seats of which date would be a guess.
            case.query = {}
        if case.operation.label in BODIES:
            case.body = BODIES[case.operation.label]
        elif OF_FORMS.search(case.operation.path) and case.operation.method.upper() == "POST":
            case.body = body_of(case.operation.path, self.shown)
        elif case.operation.label == MOVES:
            # To another time with each call.
            case.body = {"starts_at": f"{2031 + next(_years)}-01-01T10:00:00Z", "reason": "Why"}
        elif case.operation.path.endswith("{order_id}/address"):
            case.body = {"email": f"fan-{next(_years)}@example.com"}
        elif OF_PAID.search(case.operation.path) and isinstance(case.body, dict):
            right = {"fee": "none", "amount": 1, "reason": "asked", "email": SESSION["email"]}
            wanted = right.keys() & case.body.keys() if "/admin/" in case.operation.path else ()
            case.body = {name: right[name] for name in wanted}
        elif isinstance(case.body, dict):
            right = {
                "performance_id": FIRST,
                "seats": [next(_seats)],
                "performances": [f"{concert_id}-1"],
                "sections": [],
                "rows": [],
                "all": False,
                "guest_key": self.guest_key,
                "user_id": self.user_id,
                "booking_number": booking_number(order_id),
                "url": WEBHOOK["url"],
                **SESSION,
            }
            case.body |= {name: right[name] for name in right.keys() & case.body.keys()}
            if case.operation.path.endswith("/blocks"):
                case.body |= {"reason": "house", "seats": right["seats"]}
            # Only open-now opens the sale that it needs unopened.
            case.body = {name: case.body[name] for name in case.body.keys() - MOMENTS - GUARD}


def turn_back(case: Any) -> None:
    """Let most requests ask for the first page: a strange place to go on from has none."""
    if case.query and next(_pages) % 3:
        case.query.pop("cursor", None)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server process for the whole module."""
    with tempfile.TemporaryDirectory(prefix="yemae-fuzz-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        loads = []
        Image.new("RGB", (300, 400)).save(Path(folder) / "poster.png")
        for concert_id, text in CONCERTS.items():
            (Path(folder) / f"{concert_id}.toml").write_text(text)
            loads += ["--load", f"{folder}/{concert_id}.toml"]
        server = Server(Path(folder), "--workers", "1", *loads)
        server.start()
        try:
            publish_terms(server, Path(folder), TERMS)
            call_off(server, CALLED_OFF, WAIT_S)
            yield server
        finally:
            server.stop()
        succeeded = {label for label, status in SEEN if status < 300}
        reached = {label for label, _ in SEEN} - NOT_REACHED
        assert succeeded == reached, "an operation was never reached"
        assert "fault" not in server.complaint()
        assert "undeclared problem" not in server.complaint()


@pytest.fixture(scope="module")
def fans(server: Server) -> Iterator[Iterator[Fan]]:
    """Fans with money, one after the other and round again."""
    with httpx.Client(base_url=server.url, timeout=WAIT_S) as client:
        client.post("/v1/users", json={"name": "known", "terms": VERSION, **SESSION})
        yield itertools.cycle([Fan(client, number) for number in range(FANS)])


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_api_page_shows(
    case: Any, server: Server, fans: Iterator[Fan]
) -> None:
    turn, fan = next(_turns) % 3, next(fans)
    if turn:
        fan.ready()
    if turn and case.operation.label == SIGN_UP and isinstance(case.body, dict):
        case.body["terms"] = VERSION
    if turn == 2:
        fan.go_on(case.operation.path)
        fan.fill_in(case)
    headers = fan.tokens if turn else {}
    if turn and case.operation.label == SIGN_OUT:
        # The fans stay: another user signs out.
        token = Issuer(SECRET_KEY, 3_600).issue(f"gone-{next(_turns)}").text
        headers = {"Authorization": f"Bearer {token}"}
        case.headers.update(headers)
    response = case.call(base_url=server.url, timeout=WAIT_S, headers=headers)
    done = (case.operation.method.upper(), response.status_code)
    fan.has_ended |= done in {("POST", 201), ("DELETE", 200), ("DELETE", 204)}
    fan.has_ended |= "orders/{order_id}/release" in case.operation.label and done[1] == 200
    SEEN[case.operation.label, response.status_code] += 1
    case.validate_response(response, checks=CHECKS)

"""One fan's journey, as in a browser: join → poll → dates → seats → hold → top up → pay.

Where the concert asks for a proof of work, the fan solves a challenge first.

A fan polls and retries when the server says so (`poll_after_ms`, `Retry-After`), never sooner. Each
fan has a random generator of their own, so the same seed gives the same fans.
"""

import asyncio
import random
import time
from typing import Literal

import msgspec

from yemae.rehearsal.answers import (
    ORDER,
    PAYMENT,
    PERFORMANCES,
    PLACE,
    PROBLEM,
    WALLET,
    OrderAnswer,
    PlaceAnswer,
    wanted_consent,
)
from yemae.rehearsal.choice import choose, choose_area
from yemae.rehearsal.client import Client, Response
from yemae.rehearsal.entrance import Entrance, solved
from yemae.rehearsal.scenario import Behaviour
from yemae.rehearsal.tally import NO_ANSWER, AdmittedFan, Call, Outcome, Sale, Tally, Where

RETRY_S = 1.0
# The maximum number of retries of a request that got no answer.
MISSES_MAX = 5
# The server counts a fan as present for this number of poll intervals.
PRESENT_INTERVALS = 3

Stage = Literal["line", "inside", "seats"]
STAGES: tuple[Stage, ...] = ("line", "inside", "seats")


class EndedError(Exception):
    """The journey is over."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome: Outcome = outcome


class Fan:
    """A fan with their place, pass and order."""

    def __init__(
        self,
        client: Client,
        tally: Tally,
        behaviour: Behaviour,
        concert_id: str,
        token: str,
        lot: random.Random,
        entrance: Entrance | None = None,
    ) -> None:
        self._client = client
        self._tally = tally
        self._behaviour = behaviour
        self._concert_id = concert_id
        self._bearer = f"Authorization: Bearer {token}"
        self._lot = lot
        self._entrance = entrance or Entrance()
        self._admitted_at = 0.0
        self._where: Where = "to_come"
        self._inside: tuple[str, ...] = ()
        self._place_header = ""
        self._walks_away: Stage | None = (
            lot.choice(STAGES) if lot.random() < behaviour.walk_away else None
        )
        self._pays = lot.random() >= behaviour.hold_without_paying
        self._patience_s = behaviour.patience_s * lot.uniform(0.5, 1.5)
        self._wanted = lot.randint(1, behaviour.seats_max)

    async def run(self) -> None:
        """Walk the whole journey, and count how it ended, cancellation included."""
        outcome: Outcome = "unfinished"
        try:
            await self._wait_in_line()
            order = await self._hold_seats()
            await self._pay(order)
            outcome = "bought"
        except EndedError as end:
            outcome = end.outcome
        except msgspec.MsgspecError:
            # An answer that does not match the API.
            outcome = "failed"
        finally:
            if self._admitted_at:
                self._tally.inside.add(time.monotonic() - self._admitted_at)
            self._move("gone")
            self._tally.ended(outcome)

    # --- 대기열 · in line --------------------------------------------------------------------

    async def _wait_in_line(self) -> None:
        asked_at = joined_at = time.monotonic()
        self._move("waiting")
        place = PLACE.decode(await self._join())
        self._place_header = f"Queue-Token: {place.queue_token}"
        number, is_present = place.number, True
        while place.state != "admitted":
            lane = place.lane
            await self._stay(place, joined_at)
            before, asked_at = asked_at, time.monotonic()
            interval_s = place.poll_after_ms / 1000
            place = PLACE.decode(
                await self._good("poll", "GET", "/v1/queue-tokens/me", self._place_header)
            )
            is_present &= time.monotonic() - before <= PRESENT_INTERVALS * interval_s
            number = number or place.number
            if place.state == "admitted" and number is not None and is_present:
                assert place.entry_expires_at is not None
                at_s = int(place.entry_expires_at.timestamp())
                self._tally.admissions.append(AdmittedFan(number, lane, at_s))
        self._admitted_at = time.monotonic()
        self._tally.in_queue.add(self._admitted_at - joined_at)
        self._inside = (self._bearer, f"Entry-Token: {place.entry_token}")
        self._move("inside")

    async def _join(self) -> bytes:
        path = f"/v1/concerts/{self._concert_id}"
        brought: dict[str, str] = {}
        if self._entrance.code:
            brought["presale_code"] = self._entrance.code
        if self._entrance.proof_of_work:
            challenge = await self._good("challenge", "GET", f"{path}/challenge", self._bearer)
            await self._think()
            brought["altcha"] = solved(challenge)
        headers = (self._bearer, *(("Content-Type: application/json",) if brought else ()))
        body = msgspec.json.encode(brought) if brought else b""
        return await self._good("join", "POST", f"{path}/queue-tokens", *headers, body=body)

    async def _stay(self, place: PlaceAnswer, joined_at: float) -> None:
        """Wait until the next poll is due, unless this fan gives up before."""
        if place.state in ("sold_out", "closed"):
            raise await self._left("no_seat")
        if self._walks_away == "line":
            raise EndedError("walked_away")
        wait_s = place.poll_after_ms / 1000
        patience_s = joined_at + self._patience_s - time.monotonic()
        await asyncio.sleep(max(0.0, min(wait_s, patience_s)))
        if patience_s < wait_s:
            raise await self._left("gave_up")

    async def _left(self, outcome: Outcome) -> EndedError:
        """Give up the place, which frees it for the next fan."""
        if outcome == "no_seat" and self._where == "inside":
            self._tally.inside_in_vain += 1
        await self._ask("leave", "DELETE", "/v1/queue-tokens/me", self._place_header)
        return EndedError(outcome)

    # --- 좌석 · seats ------------------------------------------------------------------------

    async def _hold_seats(self) -> OrderAnswer:
        await self._think()
        if self._walks_away == "inside":
            raise EndedError("walked_away")
        path = f"/v1/concerts/{self._concert_id}/performances"
        found = PERFORMANCES.decode(await self._good("dates", "GET", path, *self._inside))
        dates = [date.id for date in found.performances if date.seats_left]
        for attempt in range(self._behaviour.retries + 1):
            wish = await self._choose(dates)
            order = await self._hold(wish, f"hold-{attempt}")
            if order is not None:
                self._tally.seats_held += len(order.seats)
                self._move("holding")
                return order
        raise await self._left("no_seat")

    async def _choose(self, dates: list[str]) -> dict[str, object]:
        """Choose seats or an area of a date, or of another date when none is left."""
        while dates:
            await self._think()
            date = self._lot.choice(dates)
            path = f"/v1/performances/{date}/seats"
            body = await self._good("seats", "GET", path, *self._inside)
            if self._walks_away == "seats":
                raise EndedError("walked_away")
            if area := choose_area(body, self._lot, self._wanted):
                return {"performance_id": date, "areas": [{"area": area[0], "count": area[1]}]}
            if chosen := choose(body, self._lot, self._behaviour.seat_choice, self._wanted):
                return {"performance_id": date, "seats": [seat.number for seat in chosen]}
            dates.remove(date)
        raise await self._left("no_seat")

    async def _hold(self, wish: dict[str, object], key: str) -> OrderAnswer | None:
        """The order, or None when another fan was faster."""
        body = msgspec.json.encode(wish)
        answer = await self._ask("hold", "POST", "/v1/orders", *self._with_body(key), body=body)
        if answer.status == 201:
            return ORDER.decode(answer.body)
        if self._slug(answer) in ("seat-taken", "area-full", "allotment-exceeded"):
            return None
        raise self._end(answer)

    # --- 결제 · payment ----------------------------------------------------------------------

    async def _pay(self, order: OrderAnswer) -> None:
        if not self._pays:
            raise EndedError("held_only")
        await self._think()
        body = msgspec.json.encode({"amount": order.total})
        topped_up = WALLET.decode(
            await self._good(
                "top_up", "POST", "/v1/wallet/top-ups", *self._with_body("top-up"), body=body
            )
        )
        path = f"/v1/orders/{order.id}/payment"
        answer = await self._ask("pay", "POST", path, *self._with_body("pay"))
        if version := wanted_consent(answer.status, answer.body):
            body = msgspec.json.encode({"terms": version})
            answer = await self._ask("pay", "POST", path, *self._with_body("pay"), body=body)
        if answer.status >= 300:
            self._slug(answer)
            raise self._end(answer)
        paid = PAYMENT.decode(answer.body)
        if paid.balance_after != topped_up.balance - paid.amount or paid.amount != order.total:
            self._tally.wrong_balances.append(order.id)
        seats = tuple(seat.number for seat in paid.order.seats)
        self._tally.seats_sold += len(seats)
        self._tally.sales.append(Sale(paid.order.id, paid.order.performance_id, seats, paid.amount))

    # --- Asking ------------------------------------------------------------------------------

    async def _good(
        self, call: Call, method: str, path: str, *headers: str, body: bytes = b""
    ) -> bytes:
        """The body of a success; any refusal ends the journey."""
        answer = await self._ask(call, method, path, *headers, body=body)
        if answer.status >= 300:
            self._slug(answer)
            raise self._end(answer)
        return answer.body

    async def _ask(
        self, call: Call, method: str, path: str, *headers: str, body: bytes = b""
    ) -> Response:
        """The answer after retries. The Idempotency-Key makes a retry safe."""
        misses = 0
        while True:
            answer = await self._client.ask(call, method, path, headers, body)
            if answer.status in {429, 503}:
                self._slug(answer)
                wait_s = max(RETRY_S, answer.retry_after_s) * self._lot.uniform(1.0, 1.2)
            elif answer.status == NO_ANSWER and misses < MISSES_MAX:
                misses += 1
                wait_s = RETRY_S
            elif answer.status == NO_ANSWER or answer.status >= 500:
                raise EndedError("failed")
            else:
                return answer
            await asyncio.sleep(wait_s)

    def _with_body(self, key: str) -> tuple[str, ...]:
        inside = self._inside
        return (*inside, "Content-Type: application/json", f"Idempotency-Key: {key}")

    def _slug(self, answer: Response) -> str:
        """Count a refusal, and give its slug."""
        try:
            slug = PROBLEM.decode(answer.body).type.rpartition("/")[2]
        except msgspec.MsgspecError:
            # A refusal of a proxy in between.
            slug = ""
        slug = slug or str(answer.status)
        self._tally.refused(slug)
        return slug

    def _end(self, answer: Response) -> EndedError:
        """The end of a refused journey: `too_late` when the pass or hold had expired."""
        late = self._where in {"inside", "holding"} and answer.status in {403, 409, 410}
        return EndedError("too_late" if late else "refused")

    async def _think(self) -> None:
        mean_s = self._behaviour.think_s
        if mean_s:
            await asyncio.sleep(min(5 * mean_s, self._lot.expovariate(1 / mean_s)))

    def _move(self, to: Where) -> None:
        self._tally.move(self._where, to)
        self._where = to

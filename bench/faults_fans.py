"""The fans of the fault run: each holds a seat and pays by card, in one of many ways, and repeats
whatever was not answered."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from bench.faults_stage import HALL, Stage
from bench.serving import SECRET_KEY
from yemae.accounts.access import Issuer
from yemae.base.web_client import NoAnswerError, WebAnswer, WebClient
from yemae.http.test_bank.charges import Behaviour

CALL_S = 60.0
PATIENCE_S = 240.0
AGAIN_S = 0.2
CONFIRMS = 4
# What a fan does at the bank, and how often.
AT_THE_BANK: dict[Behaviour, int] = {
    "accept": 50, "decline": 8, "close": 4, "lose_answer": 8, "lose_request": 8, "late": 8,
    "answer_twice": 6, "webhook_only": 4, "return_only": 3, "time_out": 1,
}  # fmt: skip
# And what they do then.
STORIES = {
    "returns": 50, "returns twice": 10, "stays away": 12, "returns late": 2, "has two tabs": 6,
    "releases": 4, "pays from the wallet": 8, "cancels": 8,
}  # fmt: skip
JOIN = f"/v1/concerts/{HALL.concert_id}/queue-tokens"
# As the server answers it.
Checkout = dict[str, Any]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Said(NamedTuple):
    """What was answered with 201 or 200: it must be in the books."""

    paid_orders: list[UUID]
    captured: list[UUID]


class Fans:
    """All of them."""

    def __init__(self, stage: Stage, under_way: int) -> None:
        self.ends: Counter[str] = Counter()
        self.said = Said([], [])
        # Answers that no server may give.
        self.faults: list[str] = []
        self.done = 0
        self._stage = stage
        self._issuer = Issuer(SECRET_KEY, 86_400)
        self._web = WebClient(CALL_S, 2 * under_way)
        self._under_way = under_way

    async def close(self) -> None:
        """Close their connections."""
        await self._web.close()

    async def come(self, until_s: float) -> None:
        """As many at once as may be under way, until each had a seat, or the time is over."""
        numbers = iter(range(self._stage.faults.orders))
        deadline = asyncio.get_running_loop().time() + until_s

        async def one_after_the_other() -> None:
            for number in numbers:
                if asyncio.get_running_loop().time() > deadline:
                    return
                await self._buy(number)
                self.done += 1

        async with asyncio.TaskGroup() as group:
            for _ in range(self._under_way):
                group.create_task(one_after_the_other())

    async def _buy(self, number: int) -> None:
        lot = random.Random(f"{self._stage.faults.seed}/{number}")  # noqa: S311 - no secret
        fan = Fan(self, f"fan-{number}", lot)
        try:
            async with asyncio.timeout(PATIENCE_S):
                end = await fan.buy(*self._seat(number))
        except TimeoutError:
            end = "gave up"
        self.ends[end] += 1

    def _seat(self, number: int) -> tuple[str, str]:
        hall = self._stage.hall
        date, seat = divmod(number, hall.seats)
        return hall.performance_ids[date], str(seat + 1)

    async def ask(
        self, method: str, url: str, headers: dict[str, str], body: bytes = b""
    ) -> WebAnswer:
        """Ask until there is an answer below 429; 502 is the bank's."""
        pause = AGAIN_S
        while True:
            try:
                answer = await self._web.ask(method, url, headers, body)
                if answer.status < 429:
                    return answer
                if answer.status not in (429, 502, 503):
                    self.faults.append(f"{method} {url}: {answer.status} {answer.body[:200]!r}")
            except NoAnswerError:
                pass
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

    def authorization(self, user_id: str) -> str:
        """The header that says who."""
        return f"Bearer {self._issuer.issue(user_id).text}"

    @property
    def stage(self) -> Stage:
        """Where they are."""
        return self._stage


class Fan:
    """One of them."""

    def __init__(self, all_fans: Fans, user_id: str, lot: random.Random) -> None:
        self._all = all_fans
        self._lot = lot
        self._tokens = {"Authorization": all_fans.authorization(user_id)}

    async def buy(self, performance_id: str, seat: str) -> str:
        """One story. Returns how it ended, as far as the fan knows."""
        await self._enter()
        wish = {"performance_id": performance_id, "seats": [seat]}
        held = await self._inside("POST", "/v1/orders", "hold", wish)
        if held.status != 201:
            return f"not held: {held.status}"
        order = read(held)
        (story,) = self._lot.choices(list(STORIES), list(STORIES.values()))
        checkout = await self._begin(f"/v1/orders/{order['id']}/checkouts", "card", {})
        if checkout is None:
            return "not begun"
        await self._choose(checkout)
        return await self._tell(story, order, checkout)

    async def _tell(self, story: str, order: dict[str, Any], checkout: dict[str, Any]) -> str:
        """What this fan does after the bank's page. Returns how it ended."""
        if story == "stays away":
            return "stayed away"
        if story == "has two tabs":
            return await self._two_tabs(order, checkout)
        if story == "pays from the wallet":
            return await self._pay_from_the_wallet(order, checkout)
        if story == "returns late":
            await asyncio.sleep(self._all.stage.faults.hold_ttl_s + 1)
        coming = [self._return(checkout)]
        if story == "returns twice":
            coming.append(self._return(checkout))
        elif story == "releases":
            coming.append(self._release(order))
        end, *_ = await asyncio.gather(*coming)
        return await self._cancel(order) if (story, end) == ("cancels", "captured") else end

    # --- The ways ---

    async def _two_tabs(self, order: dict[str, Any], first: dict[str, Any]) -> str:
        second = await self._begin(f"/v1/orders/{order['id']}/checkouts", "card-2", {})
        if second is None:
            return await self._return(first)
        await self._choose(second, "accept")
        ends = await asyncio.gather(self._return(first), self._return(second))
        assert ends.count("captured") <= 1, "both tabs have paid"
        return "captured" if "captured" in ends else ends[0]

    async def _release(self, order: dict[str, Any]) -> str:
        answer = await self._ask("DELETE", f"/v1/orders/{order['id']}")
        return str(answer.status)

    async def _pay_from_the_wallet(self, order: dict[str, Any], other: dict[str, Any]) -> str:
        """Top up by card, and pay with that while the first payment is under way."""
        wanted = {"amount": order["total"]}
        top_up = await self._begin("/v1/wallet/checkouts", "top-up", wanted)
        if top_up is None:
            return await self._return(other)
        await self._choose(top_up)
        await self._return(top_up)
        path = f"/v1/orders/{order['id']}/payment"
        paid, end = await asyncio.gather(self._inside("POST", path, "pay"), self._return(other))
        if paid.status == 201:
            self._all.said.paid_orders.append(UUID(order["id"]))
            assert end != "captured", "paid from the wallet and by card"
            return "paid from the wallet"
        return end

    async def _cancel(self, order: dict[str, Any]) -> str:
        answer = await self._ask("POST", f"/v1/orders/{order['id']}/cancellation", "cancel", {})
        assert answer.status in (200, 201), answer
        return "cancelled"

    # --- The calls ---

    async def _begin(
        self, path: str, key: str, more: Mapping[str, object]
    ) -> dict[str, Any] | None:
        answer = await self._inside("POST", path, key, {"method": "card", **more})
        return read(answer) if answer.status == 201 else None

    async def _choose(self, checkout: dict[str, Any], behaviour: Behaviour | None = None) -> None:
        if behaviour is None:
            (behaviour,) = self._lot.choices(list(AT_THE_BANK), list(AT_THE_BANK.values()))
        url = f"{self._all.stage.bank_url}/test-bank/pay/{checkout['id']}"
        await self._all.ask("POST", url, FORM, f"behaviour={behaviour}".encode())

    async def _return(self, checkout: dict[str, Any]) -> str:
        """Come back, and look again a few times."""
        path = f"/v1/checkouts/{checkout['id']}/confirm"
        for _ in range(CONFIRMS):
            answer = await self._ask("POST", path)
            if answer.status in (200, 201):
                self._all.said.captured.append(UUID(checkout["id"]))
                if checkout["order_id"] is not None:
                    self._all.said.paid_orders.append(UUID(checkout["order_id"]))
                return "captured"
            if answer.status != 202:
                return "declined" if answer.status == 402 else f"refused: {answer.status}"
            await asyncio.sleep(self._lot.uniform(0.5, 1.5))
        return "left in doubt"

    async def _enter(self) -> None:
        """Join, and poll until inside."""
        self._tokens.pop("Entry-Token", None)
        while "Entry-Token" not in self._tokens:
            place = await self._ask(
                "POST", f"/v1/concerts/{self._all.stage.hall.concert_id}/queue-tokens"
            )
            self._tokens["Queue-Token"] = read(place)["queue_token"]
            while place.status < 300 and read(place)["state"] == "waiting":
                await asyncio.sleep(0.1)
                place = await self._ask("GET", "/v1/queue-tokens/me")
            if place.status < 300:
                self._tokens["Entry-Token"] = read(place)["entry_token"]

    async def _inside(
        self, method: str, path: str, key: str, body: Mapping[str, object] | None = None
    ) -> WebAnswer:
        """Ask with a pass; when it is over because a store has lost it, come in again. A pass that
        was paid with is over for good."""
        for _ in range(3):
            answer = await self._ask(method, path, key, body)
            if answer.status != 403:
                break
            await self._enter()
        return answer

    async def _ask(
        self, method: str, path: str, key: str = "", body: Mapping[str, object] | None = None
    ) -> WebAnswer:
        headers = dict(self._tokens)
        if key:
            headers["Idempotency-Key"] = key
        said = b"" if body is None else msgspec.json.encode(body)
        if said:
            headers["Content-Type"] = "application/json"
        return await self._all.ask(method, self._all.stage.url + path, headers, said)


def read(answer: WebAnswer) -> dict[str, Any]:
    """The body of an answer."""
    found: dict[str, Any] = msgspec.json.decode(answer.body)
    return found

"""The job that notifies browsers, by Web Push: it is your turn, and the sale opens soon.

The admission tick knows nothing of it. This job looks at the lowest numbers that asked, in the jobs
process: it calls a fan with an open pass, and one who is as near to the front as the admissions of
a minute, because a fan with a closed tab is absent and would be stepped over. A notice is claimed
for a lease and ends when the push service has taken it. Only a process that dies between the two
sends it again; a browser then replaces the first, which has the same tag.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Self
from uuid import UUID

import msgspec
import structlog

from yemae.concerts.catalogue import Concert
from yemae.push import notices, vapid
from yemae.push.encryption import encrypted
from yemae.push.notices import ClaimedNotice, NoticedQueue, NoticeOutcome, WaitingNotice
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale.push_notices import raw_of
from yemae.settings import Settings
from yemae.waiting_room import places
from yemae.waiting_room.snapshot import Ranks
from yemae.webhooks.post import ANSWER_S, Posted, WebhookSender

INTERVAL_S = 2.0
# Of each lane of a queue, in one round.
STEP_MAX = 200
AT_ONCE = 16
LEASE_S = 6 * ANSWER_S
AGAIN_S = (5, 30)
NEAR_MIN = 10
BEFORE_OPENING = timedelta(minutes=10)
# After that it is no news.
AFTER_OPENING = timedelta(minutes=30)
# For how long the push service keeps it for a phone that is off.
KEPT_S = {"turn": 300, "opening": 1800}
GONE = (404, 410)
TEXTS = {
    ("turn", "ko"): "곧 입장할 차례예요. 지금 화면을 열어 주세요.",
    ("turn", "en"): "It's almost your turn. Open the page now.",
    ("opening", "ko"): "곧 예매가 시작돼요.",
    ("opening", "en"): "The sale opens soon.",
}

log = structlog.get_logger(__name__)


class PushSender:
    """Sends what is due, until it is closed."""

    def __init__(self, settings: Settings) -> None:
        self._sender = WebhookSender(settings.webhooks.webhook_addresses)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sender.close()

    async def send_pushes(self, runtime: Runtime) -> int:
        """One round of all queues. Returns how many browsers were notified. Never raises for a
        store that is away."""
        notified = 0
        try:
            async with runtime.postgres.transaction() as tx:
                asked = await notices.queues(tx)
            for queue in asked:
                notified += await self._round(runtime, queue)
        except StoreUnavailable:
            log.warning("pushes not sent: a store is away")
        return notified

    async def _round(self, runtime: Runtime, asked: NoticedQueue) -> int:
        concert = runtime.catalogue.queues.get(asked.queue_id)
        is_time = concert is not None and _is_time(concert, asked, runtime)
        if concert is not None and not is_time and not concert.is_over(runtime.now()):
            return 0
        async with runtime.postgres.transaction() as tx:
            waiting = await notices.first(tx, asked, STEP_MAX)
        if not is_time or concert is None:
            over = [NoticeOutcome(each.id, "given_up", "the sale is over") for each in waiting]
            await _end(runtime, over, [])
            return 0
        due = [each.id for each in waiting]
        if asked.kind == "turn":
            due, left = await _called(runtime, asked.queue_id, waiting)
            await _end(runtime, [NoticeOutcome(each, "given_up", "left") for each in left], [])
        return await self._send_all(runtime, concert, asked, due)

    async def _send_all(
        self, runtime: Runtime, concert: Concert, asked: NoticedQueue, due: Sequence[UUID]
    ) -> int:
        if not due:
            return 0
        async with runtime.postgres.transaction() as tx:
            claimed = await notices.claim(tx, due, LEASE_S)
        posted = await asyncio.gather(
            *(self._send(runtime, concert, asked, each) for each in claimed)
        )
        pairs = list(zip(claimed, posted, strict=True))
        gone = [each.endpoint for each, answer in pairs if answer.status in GONE]
        await _end(runtime, [_outcome(*pair) for pair in pairs], gone)
        return sum(answer.is_accepted for answer in posted)

    async def _send(
        self, runtime: Runtime, concert: Concert, asked: NoticedQueue, claimed: ClaimedNotice
    ) -> Posted:
        said = {
            "title": concert.title,
            "body": TEXTS[asked.kind, claimed.language],
            "tag": f"yemae-{asked.kind}-{asked.queue_id}",
            "path": f"/concerts/{concert.concert_id}/queue",
        }
        settings = runtime.settings
        key, now_s = settings.stores.secret_key, runtime.now().timestamp()
        headers = {
            "Authorization": vapid.authorization(key, claimed.endpoint, settings.origin(), now_s),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(KEPT_S[asked.kind]),
            "Urgency": "high",
        }
        body = encrypted(msgspec.json.encode(said), raw_of(claimed.p256dh), raw_of(claimed.auth))
        async with self._turns:
            return await self._sender.post(claimed.endpoint, headers, body)


def _is_time(concert: Concert, asked: NoticedQueue, runtime: Runtime) -> bool:
    now, opens = runtime.now(), concert.sale_opens_at
    if asked.kind == "opening":
        return opens - BEFORE_OPENING <= now < opens + AFTER_OPENING
    return opens <= now and not concert.is_over(now)


async def _called(
    runtime: Runtime, queue_id: str, waiting: Sequence[WaitingNotice]
) -> tuple[list[UUID], list[UUID]]:
    """Whose turn it is, and who has left the queue. Valkey is asked of those only who may be near
    by the counts of the queue."""
    snapshot = await runtime.board.glance(queue_id)
    ranks, per_s = Ranks(snapshot), snapshot.admitted_per_s(1) or 0.0
    near = max(NEAR_MIN, int(per_s * 60))
    called, left = [], []
    for each in waiting:
        if each.lane < len(snapshot.lanes) and ranks.most_ahead(each.lane, each.number) > near:
            continue
        place = await places.standing(runtime.valkey, queue_id, each.user_id)
        if place.word in ("over", "none") or int(place.number) != each.number:
            left.append(each.id)
        elif place.word == "admitted" or place.ahead <= near:
            called.append(each.id)
    return called, left


async def _end(runtime: Runtime, outcomes: Sequence[NoticeOutcome], gone: Sequence[str]) -> None:
    if not outcomes:
        return
    async with runtime.postgres.transaction() as tx:
        await notices.end(tx, outcomes)
        if gone:
            await notices.drop_browsers(tx, gone)


def _outcome(claimed: ClaimedNotice, posted: Posted) -> NoticeOutcome:
    if posted.is_accepted:
        return NoticeOutcome(claimed.id, "sent")
    is_for_now = posted.status is None or posted.status == 429 or posted.status >= 500
    if is_for_now and claimed.attempts <= len(AGAIN_S):
        return NoticeOutcome(claimed.id, "waiting", posted.error, AGAIN_S[claimed.attempts - 1])
    return NoticeOutcome(claimed.id, "given_up", posted.error)

"""대기열 · Polls: the state of a fan's place, for most of them without asking Valkey.

Far from the front a poll is answered from the board's view, and the fan's heartbeat is sent to
Valkey in the background. Near the front, behind the frontier, and for a fan whose place is not the
one that their token names, Valkey is asked and the answer is exact.
"""

from collections.abc import Sequence

from yemae.base import metrics
from yemae.base.batching import Batch
from yemae.base.rate_limit import Window
from yemae.refusals import Overloaded, RateLimited, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import places, policy
from yemae.sale.place_states import AnyPlace, place_of
from yemae.waiting_room import pace, queue_numbers, steps
from yemae.waiting_room.board import View
from yemae.waiting_room.places import Standing, note_present
from yemae.waiting_room.presence import Presence
from yemae.waiting_room.tokens import QueueToken

# A view is a second old; fans who could have been admitted since then get an exact answer.
FRESH_S = 2.0
REMEMBERED_MAX = 100_000
# More polls than this of one place in a window get 429; the place stays.
WINDOW_S = 10.0
POLLS_PER_WINDOW_MAX = 250
# How often heartbeats are written to Valkey, of how many fans at once, and how many may wait.
PRESENCE_FLUSH_S = 0.25
PRESENCE_SIZE_MAX = steps.FANS_MAX
PRESENCE_WAITING_MAX = 200_000


class Polls:
    """Answers polls in one process."""

    def __init__(self, runtime: Runtime, place: Batch[QueueToken, Standing]) -> None:
        self._runtime = runtime
        self._place = place
        self._presence = Presence(
            self._tell,
            size_max=PRESENCE_SIZE_MAX,
            waiting_max=PRESENCE_WAITING_MAX,
        )
        self._ask_exactly: set[QueueToken] = set()
        self._asked = Window(WINDOW_S, POLLS_PER_WINDOW_MAX)
        # Counted here and added to the metrics now and then, because every fan passes here.
        self._from_view = self._from_store = 0

    def place_in_view(self, token: QueueToken) -> AnyPlace | None:
        """The state of a place where the view alone gives it; None where `poll_place` has to answer
        or to refuse. Raises ConcertNotFound."""
        view = self._runtime.board.latest(token.concert_id)
        standing = self._from_the_view(token, view)
        if view is None or standing is None:
            return None
        return place_of(self._runtime, token, standing, view)

    async def poll_place(self, token: QueueToken) -> AnyPlace:
        """The state of the place that a token names. Raises as `standing`; a fan who is refused is
        given an interval of their own, so that not all of them come back at once."""
        board = self._runtime.board
        view = board.latest(token.concert_id)
        try:
            standing = await self.standing(token, view)
            view = view or await board.view(token.concert_id)
        except (Overloaded, StoreUnavailable) as refusal:
            raise type(refusal)(self._retry_after_s(token)) from refusal
        except RateLimited as refusal:
            raise RateLimited(max(refusal.retry_s, self._retry_after_s(token))) from refusal
        return place_of(self._runtime, token, standing, view)

    async def standing(self, token: QueueToken, view: View | None) -> Standing:
        """Where this fan stands, from the view where it is exact enough. Raises QueueTokenExpired,
        RateLimited, Overloaded or StoreUnavailable."""
        standing = self._from_the_view(token, view)
        if standing is not None:
            return standing
        # A fan who polls far too often is refused, and keeps the place.
        self._asked.count(token)
        if self._ahead_in(view, token) is not None:
            # The heartbeats of too many fans wait.
            raise Overloaded
        self._from_store += 1
        self._ask_exactly.discard(token)
        standing = await self._place.submit(token)
        if (standing.word, standing.lane, standing.number) != ("waiting", token.lane, token.number):
            # A view would show them a place that they no longer have.
            self._remember(token)
        return standing

    async def keep_telling(self) -> None:
        """Send heartbeats to Valkey in batches; runs until it is cancelled."""
        await self._presence.keep_flushing(PRESENCE_FLUSH_S, self._add_up)

    async def close(self) -> None:
        """Send the heartbeats that still wait."""
        await self._presence.flush()

    def _from_the_view(self, token: QueueToken, view: View | None) -> Standing | None:
        """The standing, with the poll counted and the heartbeat noted; or None, and nothing has
        changed."""
        concert = self._runtime.catalogue.queue(token.concert_id)
        ahead = self._ahead_in(view, token)
        if view is None or ahead is None or not self._asked.has_room(token):
            return None
        if not self._presence.note(token, policy.pace(self._runtime, concert).patience_ms(ahead)):
            return None
        self._asked.count(token)
        self._from_view += 1
        waiting = view.snapshot.lanes[token.lane].waiting
        return Standing("waiting", token.number, token.lane, ahead, waiting)

    def _ahead_in(self, view: View | None, token: QueueToken) -> int | None:
        """The most fans who can be ahead, where the view is exact enough."""
        if view is None or token in self._ask_exactly:
            return None
        lanes = view.snapshot.lanes
        if token.lane >= len(lanes) or not 0 <= lanes[token.lane].first <= token.number:
            return None
        ahead = view.ranks.most_ahead(token.lane, token.number)
        soon = FRESH_S * (view.admitted_per_s or 0.0)
        return ahead if ahead > queue_numbers.EXACT_AHEAD + soon else None

    def _retry_after_s(self, token: QueueToken) -> int:
        """From the last view there was, or from how many waited: a guess is enough."""
        concert = self._runtime.catalogue.queue(token.concert_id)
        fan_pace = policy.pace(self._runtime, concert)
        view = self._runtime.board.last(token.concert_id)
        if self._runtime.now() < concert.sale_opens_at:
            return pace.retry_after_s(fan_pace, fan_pace.longest_ms)
        if view is not None and token.lane < len(view.snapshot.lanes):
            ahead = max(0, view.ranks.most_ahead(token.lane, token.number))
        else:
            ahead = policy.last_known_waiting(self._runtime, token.concert_id)
        return pace.retry_after_s(fan_pace, fan_pace.interval_ms(ahead))

    def _add_up(self) -> None:
        metrics.POLLS.labels("view").inc(self._from_view)
        metrics.POLLS.labels("store").inc(self._from_store)
        self._from_view = self._from_store = 0

    async def _tell(self, tokens: Sequence[QueueToken], patience_ms: Sequence[int]) -> None:
        """Send the heartbeats of one concert. A fan whose place is not the one that their token
        names is looked up, so that a lost place is restored, and the next poll asks Valkey."""
        valkey, concert_id = self._runtime.valkey, tokens[0].concert_id
        elsewhere = await note_present(valkey, concert_id, tokens, patience_ms)
        if elsewhere:
            await places.place(self._runtime, elsewhere)
        self._remember(*elsewhere)

    def _remember(self, *tokens: QueueToken) -> None:
        """Have the next poll of these ask Valkey."""
        if len(self._ask_exactly) > REMEMBERED_MAX:
            self._ask_exactly.clear()
        self._ask_exactly.update(tokens)

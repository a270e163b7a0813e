"""Which phase of a concert's sale a fan joins, and what the phases are together. Pure.

A fan may take part in a phase for every fan, and in others with one of their codes or their group.
Of these phases the server chooses an open one before one that is still to open, and a phase for few
fans before one for all; so a member of the fan club gets into the presale without knowing of it. A
phase that is sold out, as one whose allotment is gone, comes after all that still sell.
"""

from collections.abc import Collection, Container, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.concerts.presale_codes import PresaleCodes
from yemae.refusals import QueueNotOpen
from yemae.sale import policy
from yemae.waiting_room.places import CodeWord


class ChosenQueue(NamedTuple):
    """A queue for a fan: the lane in it, and what the waiting room has to know of their code."""

    queue: Concert
    lane: int
    code: CodeWord


def joinable(named: Concert, now: datetime, sold_out: Container[str] = ()) -> tuple[Concert, ...]:
    """The queues that may be joined now where a fan names a concert or a phase of its sale, in the
    order of preference; `sold_out` are the ids of those that are. Raises QueueNotOpen. Of a concert
    whose phases are all over, its general sale, which is closed."""
    if not named.phases:
        if (opens_at := policy.may_join_from(named, now)) is not None:
            raise QueueNotOpen(opens_at)
        return (named,)
    to_come = [queue for queue in (named, *named.phases) if not queue.is_over(now)] or [named]
    later = {queue.id: policy.may_join_from(queue, now) for queue in to_come}
    begun = tuple(queue for queue in to_come if later[queue.id] is None)
    if not begun:
        raise QueueNotOpen(min(opens_at for opens_at in later.values() if opens_at is not None))
    return tuple(sorted(begun, key=partial(_rank, now, sold_out)))


def choose(
    queues: Sequence[Concert],
    groups: Collection[str],
    code: str | None,
    codes: PresaleCodes,
) -> ChosenQueue:
    """The first of these queues that a fan may join. With a code, one that the code is good for, if
    there is one; without any that is open to the fan, one that needs a code."""
    if len(queues) == 1:
        return _choice(queues[0], groups, code, codes)
    choices = [_choice(queue, groups, code, codes) for queue in queues]
    right = [each for each in choices if each.code == "right"]
    allowed = [each for each in choices if each.code == "" or not each.queue.phase.is_restricted]
    return (right or allowed or choices)[0]


def now_shown(concert: Concert, now: datetime, sold_out: Container[str] = ()) -> Concert:
    """The queue whose state stands for the concert: of a phase that is open, else of the general
    sale, or of the next one when that is over. One that is sold out stands for it only when every
    other one is, too."""
    to_come = [queue for queue in (concert, *concert.phases) if not queue.is_over(now)]
    selling = [queue for queue in to_come if queue.id not in sold_out] or to_come
    is_open = [queue for queue in selling if queue.sale_opens_at <= now]
    return next(iter(is_open or selling), concert)


def dates_on_sale(concert: Concert, now: datetime) -> tuple[Performance, ...]:
    """The dates that some phase of a concert still sells, by start."""
    sold = {date.key for queue in (concert, *concert.phases) for date in queue.to_come(now)}
    return tuple(date for date in concert.performances if date.key in sold)


def next_opening(concert: Concert, shown: Concert, now: datetime) -> datetime | None:
    """When a concert opens next to a fan who has no place: its general sale while that is to come,
    else the queue that stands for it (`now_shown`). None when that is open."""
    openings = (queue.sale_opens_at for queue in (concert, shown))
    return next((opens_at for opens_at in openings if opens_at > now), None)


def _choice(
    queue: Concert, groups: Collection[str], code: str | None, codes: PresaleCodes
) -> ChosenQueue:
    phase = queue.phase
    by_group = policy.lane_of(queue, groups, None, codes) or 0
    by_code = None if code is None else policy.lane_of(queue, groups, code, codes)
    if by_code is not None:
        return ChosenQueue(queue, by_code, "right")
    if not phase.is_restricted:
        return ChosenQueue(queue, by_group if code is None else 0, "" if code is None else "wrong")
    if code is not None:
        is_right = bool(codes.forms(queue.id, code) & phase.code_hashes)
        return ChosenQueue(queue, by_group, "right" if is_right else "wrong")
    may_take_part = phase.group in groups or by_group > 0
    return ChosenQueue(queue, by_group, "" if may_take_part else "needed")


def _rank(
    now: datetime, sold_out: Container[str], queue: Concert
) -> tuple[bool, bool, bool, datetime]:
    opens_at = queue.sale_opens_at
    return queue.id in sold_out, opens_at > now, not queue.phase.is_restricted, opens_at

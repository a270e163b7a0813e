"""What operators change of a concert's queue while it runs, and the log of what they did.

An operator's value wins over the concert file's; where an operator has none, the file's holds. A
line of the log is written in the transaction of the change that it is about, and never changed.
"""

import os
import pwd
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from yemae.concerts.catalogue import Control
from yemae.concerts.limits import (
    AbsentAfter,
    ActiveLimit,
    AdmitPerMinute,
    EntryTtl,
    JoinsPerAddress,
    Message,
    Moment,
    PlaceTtl,
    QueueingMethod,
    wrong_moment,
    wrong_place_ttl,
    wrong_prequeue,
)
from yemae.refusals import FieldError, InvalidRequest
from yemae.store.postgres import Transaction
from yemae.store.queries import load_queries
from yemae.values.instants import plain

QUERIES = load_queries(__file__, "controls.sql")
LOCK_CONCERT = QUERIES["lock_concert"]
CONTROLS_OF_CONCERT = QUERIES["controls_of_concert"]
WRITE_CONTROLS = QUERIES["write_controls"]
ANNOUNCE_CHANGE = QUERIES["announce_change"]
WRITE_ACTION = QUERIES["write_action"]
ACTIONS_OF_CONCERT = QUERIES["actions_of_concert"]


class Changes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change; a field that is left out stays, and null gives the file's value back."""

    sale_opens_at: Moment | UnsetType | None = UNSET
    prequeue_opens_at: Moment | UnsetType | None = UNSET
    queueing_method: QueueingMethod | UnsetType | None = UNSET
    active_limit: ActiveLimit | UnsetType | None = UNSET
    admit_per_minute: AdmitPerMinute | UnsetType | None = UNSET
    entry_ttl_s: EntryTtl | UnsetType | None = UNSET
    absent_after_s: AbsentAfter | UnsetType | None = UNSET
    place_ttl_s: PlaceTtl | UnsetType | None = UNSET
    joins_per_address_per_minute: JoinsPerAddress | UnsetType | None = UNSET
    proof_of_work: bool | UnsetType | None = UNSET
    message_ko: Message | UnsetType | None = UNSET
    message_en: Message | UnsetType | None = UNSET
    # From when the message is shown to no fan; null: it has no end.
    message_until: Moment | UnsetType | None = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that are not left out."""
        values = msgspec.structs.asdict(self)
        return {name: value for name, value in values.items() if value is not UNSET}


CHANGEABLE = Changes.__struct_fields__
OPENINGS = ("sale_opens_at", "prequeue_opens_at")
MOMENTS = (*OPENINGS, "message_until")


class Controls(NamedTuple):
    """What operators have set; None is the file's value."""

    control: Control = "running"
    sale_opens_at: datetime | None = None
    prequeue_opens_at: datetime | None = None
    queueing_method: QueueingMethod | None = None
    active_limit: int | None = None
    admit_per_minute: int | None = None
    entry_ttl_s: int | None = None
    absent_after_s: int | None = None
    place_ttl_s: int | None = None
    joins_per_address_per_minute: int | None = None
    proof_of_work: bool | None = None
    message_ko: str | None = None
    message_en: str | None = None
    message_until: datetime | None = None
    # When and by whom; None while nobody has changed anything.
    changed_at: datetime | None = None
    changed_by: str | None = None

    def own(self) -> dict[str, Any]:
        """The values that are operators' own."""
        values = self._asdict()
        return {name: values[name] for name in CHANGEABLE if values[name] is not None}


class Queue(NamedTuple):
    """A queue whose concert's row this transaction has locked."""

    file: Mapping[str, Any]
    controls: Controls

    def effective(self) -> dict[str, Any]:
        """The values that hold."""
        return {**dict.fromkeys(CHANGEABLE), **self.file, **self.controls.own()}


class Action(NamedTuple):
    """A line of the log."""

    id: UUID
    at: datetime
    who: str
    action: str
    details: dict[str, Any]


def by_user(user_id: str) -> str:
    """Who calls the API, for the log. A login of somebody else's may give a user any id, also one
    that reads like a command line's: such an id has `user:` in front."""
    return f"user:{user_id}" if user_id.lower().startswith(("cli:", "user:")) else user_id


def operator() -> str:
    """Who gives a command on this machine, for the log: the system's own word, not a variable's."""
    user = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"cli:{user}"


async def lock(tx: Transaction, concert_id: str) -> Queue | None:
    """Lock the concert for a change of its queue; None when there is no such concert."""
    locked = await tx.send(LOCK_CONCERT, concert_id=concert_id)
    # A statement of its own: it sees what was committed while the lock was waited for.
    controls = await tx.send(CONTROLS_OF_CONCERT, concert_id=concert_id)
    file = await locked.row()
    if file is None:
        return None
    row = await controls.row()
    return Queue(file._asdict(), Controls() if row is None else Controls(*row))


async def read(tx: Transaction, concert_id: str) -> Controls:
    """What operators have set of this queue."""
    row = await (await tx.send(CONTROLS_OF_CONCERT, concert_id=concert_id)).row()
    return Controls() if row is None else Controls(*row)


async def write(tx: Transaction, concert_id: str, controls: Controls, who: str) -> None:
    """Write controls of a locked queue, so that every server process notices."""
    values = {**controls._asdict(), "changed_by": who}
    del values["changed_at"]  # The store's own clock says when.
    await tx.send(WRITE_CONTROLS, concert_id=concert_id, **values)
    await tx.send(ANNOUNCE_CHANGE, concert_id=concert_id)


async def log(
    tx: Transaction,
    action_id: UUID,
    concert_id: str,
    who: str,
    action: str,
    details: Mapping[str, Any],
) -> None:
    """Add a line to the log."""
    await tx.send(
        WRITE_ACTION,
        id=action_id,
        concert_id=concert_id,
        who=who,
        action=action,
        details=msgspec.json.encode(plain(details)).decode(),
    )


async def actions(
    tx: Transaction, concert_id: str, *, before: UUID | None, limit: int
) -> list[Action]:
    """What was done with this queue, newest first, what came before `before` only."""
    rows = await tx.fetch(ACTIONS_OF_CONCERT, concert_id=concert_id, before=before, limit=limit)
    return [Action(*row)._replace(details=_with_moments(row.details)) for row in rows]


def _with_moments(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details in which times are times again: earlier versions wrote them in another form."""
    return {
        name: {side: _moment(text) for side, text in value.items()}
        if name in MOMENTS and isinstance(value, dict)
        else value
        for name, value in details.items()
    }


def _moment(text: object) -> object:
    return datetime.fromisoformat(text) if isinstance(text, str) else text


def changed(queue: Queue, given: Mapping[str, Any]) -> Queue:
    """The queue with these values set, in which nothing contradicts anything else. Pure.

    Raises InvalidRequest for what the type of each field alone cannot tell.
    """
    moments = {name: given.get(name) for name in MOMENTS}
    errors = [
        FieldError(name, wrong)
        for name, moment in moments.items()
        if moment is not None and (wrong := wrong_moment(moment))
    ]
    if errors:
        raise InvalidRequest(errors)
    after = queue._replace(controls=queue.controls._replace(**given))
    holds = after.effective()
    # Fields that are not touched are let be: the file may have changed since, and may be wrong.
    if set(OPENINGS) & given.keys():
        prequeue = holds["prequeue_opens_at"]
        if wrong := wrong_prequeue(prequeue, holds["sale_opens_at"]):
            raise InvalidRequest.of("prequeue_opens_at", f"{wrong}; it would be {prequeue}")
    if {"place_ttl_s", "absent_after_s"} & given.keys() and (
        wrong := wrong_place_ttl(holds["place_ttl_s"], holds["absent_after_s"])
    ):
        raise InvalidRequest.of("place_ttl_s", f"{wrong}; it would be {holds['place_ttl_s']}")
    return after

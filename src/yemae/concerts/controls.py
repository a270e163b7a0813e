"""What operators change of a concert's queue while it runs, and the audit log.

An operator's setting overrides the concert file's. A line of the log is written in the transaction
of the change that it describes, and never changed.
"""

import os
import pwd
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple, Self
from uuid import UUID

import msgspec

from yemae.concerts import queue_settings
from yemae.concerts.catalogue import Control
from yemae.concerts.limits import wrong_moment, wrong_place_ttl, wrong_prequeue
from yemae.concerts.queue_settings import MOMENTS, NAMES, OPENINGS, CurrentSettings
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


class Controls(NamedTuple):
    """What operators have set of a queue."""

    control: Control = "running"
    # The settings that are operators' own; all others are the file's.
    overrides: Mapping[str, Any] = MappingProxyType({})
    # When and by whom; None while no operator has changed anything.
    changed_at: datetime | None = None
    changed_by: str | None = None


class Queue(NamedTuple):
    """A queue whose concert's row this transaction has locked."""

    file: Mapping[str, Any]
    controls: Controls

    def effective(self) -> CurrentSettings:
        """The settings that hold."""
        return queue_settings.merged(self.file, self.controls.overrides)

    def having(self, given: Mapping[str, Any]) -> Self:
        """The same queue with these settings; None resets one to the file's."""
        wanted = {**self.controls.overrides, **given}
        overrides = {name: wanted[name] for name in NAMES if wanted.get(name) is not None}
        return self._replace(controls=self.controls._replace(overrides=overrides))


class Action(NamedTuple):
    """A line of the log."""

    id: UUID
    at: datetime
    who: str
    action: str
    details: dict[str, Any]


def by_user(user_id: str) -> str:
    """The caller of the API, for the log. Another issuer may give a user any id, also one that
    reads like a command line's: such an id gets `user:` in front."""
    return f"user:{user_id}" if user_id.lower().startswith(("cli:", "user:")) else user_id


def operator() -> str:
    """The system user who runs a command, for the log: from the system, not from a variable."""
    user = os.getuid()
    try:
        return f"cli:{pwd.getpwuid(user).pw_name}"
    except KeyError:
        return f"cli:{user}"


async def take_turn(tx: Transaction, concert_id: str) -> None:
    """Lock the concert, so that what operators do with it comes one after another."""
    await tx.send(LOCK_CONCERT, concert_id=concert_id)


async def lock(tx: Transaction, concert_id: str) -> Queue | None:
    """Lock the concert for a change of its queue; None when there is no such concert."""
    locked = await tx.send(LOCK_CONCERT, concert_id=concert_id)
    # A statement of its own: it sees what was committed while the lock was waited for.
    controls = await tx.send(CONTROLS_OF_CONCERT, concert_id=concert_id)
    file = await locked.row()
    if file is None:
        return None
    return Queue(queue_settings.read(file.queue_settings), _controls(await controls.row()))


async def read(tx: Transaction, concert_id: str) -> Controls:
    """What operators have set of this queue."""
    return _controls(await (await tx.send(CONTROLS_OF_CONCERT, concert_id=concert_id)).row())


def _controls(row: Any) -> Controls:
    if row is None:
        return Controls()
    overrides = queue_settings.read(row.queue_settings)
    return Controls(row.control, overrides, row.changed_at, row.changed_by)


async def write(tx: Transaction, concert_id: str, controls: Controls, who: str) -> None:
    """Write controls of a locked queue, so that every server process notices."""
    await tx.send(
        WRITE_CONTROLS,
        concert_id=concert_id,
        control=controls.control,
        queue_settings=queue_settings.stored(controls.overrides),
        known=list(NAMES),
        changed_by=who,
    )
    await announce(tx, concert_id)


async def say(tx: Transaction, concert_id: str, who: str, korean: str, english: str) -> None:
    """Show fans in line and on the page a message without an end, until an operator changes it."""
    queue = await lock(tx, concert_id)
    assert queue is not None, "a queue of the catalogue has its row"
    message = {"message_ko": korean, "message_en": english, "message_until": None}
    await write(tx, concert_id, queue.having(message).controls, who)


async def announce(tx: Transaction, concert_id: str) -> None:
    """Let every process read the concert again, after the commit."""
    await tx.send(ANNOUNCE_CHANGE, concert_id=concert_id)


async def log(
    tx: Transaction,
    action_id: UUID,
    concert_id: str | None,
    who: str,
    action: str,
    details: Mapping[str, Any],
) -> None:
    """Add a line to the log, of a queue or of the whole server. The operator's reason, where there
    is one, is `reason` of the details; old and new values are `from` and `to`."""
    await tx.send(
        WRITE_ACTION,
        id=action_id,
        concert_id=concert_id,
        who=who,
        action=action,
        details=msgspec.json.encode(plain(details)).decode(),
    )


async def actions(
    tx: Transaction,
    concert_id: str,
    *,
    only: list[str] | None = None,
    before: UUID | None,
    limit: int,
) -> list[Action]:
    """What was done with this queue, newest first, what came before `before` only; with `only`,
    these actions."""
    rows = await tx.fetch(
        ACTIONS_OF_CONCERT, concert_id=concert_id, only=only, before=before, limit=limit
    )
    return [Action(*row)._replace(details=_with_moments(row.details)) for row in rows]


def _with_moments(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details in which times are times again: earlier versions wrote them in another form."""
    return {
        name: {side: _moment(text) for side, text in value.items()}
        if name in (*MOMENTS, "releases_at") and isinstance(value, dict)
        else value
        for name, value in details.items()
    }


def _moment(text: object) -> object:
    return datetime.fromisoformat(text) if isinstance(text, str) else text


def changed(queue: Queue, given: Mapping[str, Any]) -> Queue:
    """The queue with these values set, in which nothing contradicts anything else. Pure.

    Raises InvalidRequest for what the types of the fields do not check.
    """
    moments = {name: given.get(name) for name in MOMENTS}
    errors = [
        FieldError(name, wrong)
        for name, moment in moments.items()
        if moment is not None and (wrong := wrong_moment(moment))
    ]
    if errors:
        raise InvalidRequest(errors)
    after = queue.having(given)
    holds = after.effective()
    # Only changed fields are checked: a later file may have made the others wrong.
    if set(OPENINGS) & given.keys():
        prequeue = holds.prequeue_opens_at
        if wrong := wrong_prequeue(prequeue, holds.sale_opens_at):
            raise InvalidRequest.of("prequeue_opens_at", f"{wrong}; it would be {prequeue}")
    if {"place_ttl_s", "absent_after_s"} & given.keys() and (
        wrong := wrong_place_ttl(holds.place_ttl_s, holds.absent_after_s)
    ):
        raise InvalidRequest.of("place_ttl_s", f"{wrong}; it would be {holds.place_ttl_s}")
    return after

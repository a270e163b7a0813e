"""The settings of a queue, in one struct that the concert file, operators, API and report share.

A concert file has them in `[queue]`, an operator may set others while the queue runs, and the
catalogue merges the two. Every other form follows from the fields of `QueueSettings` here: what a
file or a request may say, what the database keeps, what reports show.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar, cast, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, inspect

from yemae.concerts.limits import PATTERN_WORDS, TEXT, Message, Moment, QueueingMethod, one_of

Base = TypeVar("Base", bound=Struct)


class QueueSettings(Struct, frozen=True, kw_only=True):
    """How fast the waiting room admits fans, in which order, and for how long. A new setting is a
    field here, with a default, because concerts that are loaded already do not have it."""

    queueing_method: QueueingMethod = "fifo"
    active_limit: Annotated[int, Meta(ge=1, le=1_000_000)]
    admit_per_minute: Annotated[int, Meta(ge=1, le=10_000_000)]
    entry_ttl_s: Annotated[int, Meta(ge=30, le=86_400)] = 600
    absent_after_s: Annotated[int, Meta(ge=10, le=3_600)] = 45
    place_ttl_s: Annotated[int, Meta(ge=60, le=86_400)] = 3_600
    # 0: no limit.
    joins_per_address_per_minute: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    proof_of_work: bool = False


class CurrentSettings(QueueSettings, frozen=True, kw_only=True):
    """All that an operator can set: also the openings, and a message that no file has."""

    sale_opens_at: Moment
    # None: fans may join at any time before the sale.
    prequeue_opens_at: Moment | None = None
    # Empty: none.
    message_ko: Message = ""
    message_en: Message = ""
    # From when the message is shown to no fan; None: it has no end.
    message_until: Moment | None = None


OPENINGS = ("sale_opens_at", "prequeue_opens_at")
# Every setting, in the order in which it is shown.
NAMES = (*OPENINGS, *(it for it in CurrentSettings.__struct_fields__ if it not in OPENINGS))
# Their types, without the limits.
KINDS = get_type_hints(CurrentSettings)
MOMENTS = tuple(name for name in NAMES if KINDS[name] in {datetime, datetime | None})
# What the settings that are one of a few words may be, for messages.
CHOICES = {name: one_of(KINDS[name]) for name in NAMES if get_origin(KINDS[name]) is Literal}


def allowed(name: str) -> str:
    """What a setting may be, for people: `a whole number from 30 to 86,400`."""
    if name in MOMENTS:
        return "a time with its offset from UTC, such as 2026-11-22T20:00:00+09:00"
    match inspect.type_info(get_type_hints(CurrentSettings, include_extras=True)[name]):
        case inspect.IntType(ge=low, le=high):
            return f"a whole number from {low:,} to {high:,}"
        case inspect.StrType(max_length=most):
            return f"{PATTERN_WORDS[TEXT]}, of at most {most} characters"
    return CHOICES.get(name, "true or false")


def read(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the database keeps them, in the order of NAMES. A setting of a later version of
    Yemae is left out."""
    return {
        name: datetime.fromisoformat(stored[name]) if name in MOMENTS else stored[name]
        for name in NAMES
        if stored.get(name) is not None
    }


def stored(values: Mapping[str, Any]) -> str:
    """Settings as the database keeps them: moments in UTC, because PostgreSQL does not know every
    offset that RFC 3339 allows."""
    kept = {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value
        for name, value in values.items()
        if value is not None
    }
    return msgspec.json.encode(kept).decode()


def merged(file: Mapping[str, Any], overrides: Mapping[str, Any]) -> CurrentSettings:
    """The settings that hold now: an operator's where there is one, else the file's."""
    return CurrentSettings(**{**file, **overrides})


def changes_struct(name: str, doc: str, base: type[Base]) -> type[Base]:
    """The struct of a change: a setting that is left out stays, and null resets it."""
    kinds = {field.name: field.type for field in msgspec.structs.fields(CurrentSettings)}
    changes = msgspec.defstruct(
        name,
        [(each, kinds[each] | UnsetType | None, UNSET) for each in NAMES],
        bases=(base,),
        namespace={"__doc__": doc},
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )
    return cast("type[Base]", changes)


def given(changes: Struct) -> dict[str, Any]:
    """The settings that a change does not leave out."""
    values = msgspec.structs.asdict(changes)
    return {name: value for name, value in values.items() if value is not UNSET}

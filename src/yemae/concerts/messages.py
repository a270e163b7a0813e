"""An operator's message to waiting fans: its texts and its end are changed together. Pure.

Always holds: a message that has ended is never shown again because of a text that was set later,
and an end belongs to a message.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yemae.refusals import InvalidRequest

TEXTS = ("message_ko", "message_en")
END = "message_until"


def settled(
    overrides: Mapping[str, Any], given: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The given settings, with what follows from them for the rest of the message.

    A new text begins a new message when the old one has ended, and no text takes no end. Raises
    InvalidRequest for an end that is past, or that no message has.
    """
    until = given.get(END)
    if until is not None and until <= now:
        raise InvalidRequest.of(END, f"expected a time to come; it is {now:%Y-%m-%dT%H:%M:%SZ}")
    if not {*TEXTS, END} & given.keys():
        return dict(given)
    old = overrides.get(END)
    begins_anew = old is not None and old <= now and bool(set(TEXTS) & given.keys())
    before = {} if begins_anew else overrides
    after = {name: given.get(name, before.get(name)) for name in (*TEXTS, END)}
    if not any(after[text] for text in TEXTS):
        if until is not None:
            raise InvalidRequest.of(END, "there is no message that could end")
        after[END] = None
    return {**given, **after}

"""What each field of a concert may be: the limits that a concert file and an operator share.

Each limit is written once, as a type that msgspec checks; the API page shows the same numbers.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from yemae.values import money
from yemae.values.text import BIDI, CONTROLS, MARKS, SPACES

# `\Z` and not `$`, which would accept a line break at the end. Control characters and surrogates
# are refused because the database cannot store all of them; bidirectional controls, because they
# reorder the text around the name.
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}\Z"
TEXT = rf"^(?=\s*\S)[^{CONTROLS}{BIDI}]*\Z"
# Of any script. The same rule stands in the schema, as seats_number_check.
SEAT_NUMBER_MAX_CHARS = 20
SEAT_NUMBER = rf"^[^{SPACES}{CONTROLS}{BIDI}{MARKS}]{{1,{SEAT_NUMBER_MAX_CHARS}}}\Z"
# Of several lines.
LONG_TEXT = rf"^(?=\s*\S)(?:[\n\t]|[^{CONTROLS}{BIDI}])*\Z"
HTTPS_URL = rf"^https://[^\s{CONTROLS}{BIDI}{MARKS}\"<>\\^`{{|}}]+\Z"
EMAIL_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z"
PHONE = r"^\+?[0-9][0-9 ()-]*\Z"
CURRENCY = r"^[A-Z]{3}\Z"
CODE = r"^[!-~]{4,64}\Z"
PATTERN_WORDS = {
    SLUG: "1 to 63 characters a-z, 0-9 and -, the first one not -",
    TEXT: "one line that is not blank and has no control characters",
    LONG_TEXT: "lines that are not all blank and have no control characters",
    HTTPS_URL: "the form https://…",
    EMAIL_ADDRESS: "the form name@example.com",
    PHONE: "digits, spaces, hyphens and brackets, + in front at most",
    CURRENCY: "three capital letters such as KRW",
    CODE: "4 to 64 visible ASCII characters without spaces",
}

Slug = Annotated[str, Meta(pattern=SLUG)]
Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=TEXT)]
ShortText = Annotated[str, Meta(min_length=1, max_length=60, pattern=TEXT)]
# Markdown: see values/markdown.py.
LongText = Annotated[str, Meta(min_length=1, max_length=20_000, pattern=LONG_TEXT)]
HttpsUrl = Annotated[str, Meta(max_length=1_000, pattern=HTTPS_URL)]
EmailAddress = Annotated[str, Meta(max_length=254, pattern=EMAIL_ADDRESS)]
Phone = Annotated[str, Meta(min_length=3, max_length=40, pattern=PHONE)]
Moment = Annotated[datetime, Meta(tz=True)]
# Of every currency; concert_file.py knows which it is.
Price = Annotated[int, Meta(ge=0, le=money.PRICE_MAX * 10**money.DIGITS_MAX)]

# The waiting room.
QueueingMethod = Literal["fifo", "draw", "passthrough", "reject"]
Message = Annotated[str, Meta(min_length=1, max_length=500, pattern=TEXT)]

PREQUEUE_MAX = timedelta(days=30)
# Seats in one order, whatever the concert allows.
SEATS_PER_ORDER_MAX = 20


def one_of(kind: Any) -> str:
    """The words of a Literal for a message: `fifo, draw, passthrough or reject`."""
    *words, last = get_args(kind)
    return f"{', '.join(words)} or {last}"


def wrong_moment(moment: datetime) -> str | None:
    """What a time has to be and is not, or None when all is well.

    The bounds catch typing errors, and keep a conversion to UTC inside every calendar.
    """
    if 2000 <= moment.year <= 2999:
        return None
    return f"expected a year from 2000 to 2999, found {moment.year}"


def wrong_prequeue(
    prequeue_opens_at: datetime | None, sale_opens_at: datetime, opening: str = "sale_opens_at"
) -> str | None:
    """What a prequeue has to be and is not, or None when all is well. `opening` is the name of the
    field that it comes before."""
    if prequeue_opens_at is None or (
        sale_opens_at - PREQUEUE_MAX <= prequeue_opens_at < sale_opens_at
    ):
        return None
    return f"expected a time before {opening}, by {PREQUEUE_MAX.days} days at most"


def wrong_place_ttl(place_ttl_s: int, absent_after_s: int) -> str | None:
    """What the life of a place has to be and is not, or None when all is well."""
    if place_ttl_s >= absent_after_s:
        return None
    return f"expected at least absent_after_s, which is {absent_after_s}"

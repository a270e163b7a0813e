"""The page at a concert's address, with the concert's own head.

The head of `index.html` stands between two comments, `<!--head-->` and `<!--/head-->`; what is
between them is replaced. A page without the comments is answered as it is, and so is the address of
a concert that does not exist.
"""

import gzip
import hashlib
import re
from collections import OrderedDict
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from starlette.requests import Request

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance
from yemae.http.server.origin import origin_of
from yemae.http.site.concert_head import head_of
from yemae.http.site.page_files import File
from yemae.refusals import ConcertNotFound, StoreUnavailable
from yemae.runtime import Runtime
from yemae.sale import phases, policy
from yemae.values import markdown

ADDRESS = "/concerts/{concert}"
HEAD = re.compile(rb"<!--head-->.*?<!--/head-->", re.DOTALL)
PAGES_KEPT_MAX = 256


class HeadOf(NamedTuple):
    """What the head of a concert follows from, beside the concert."""

    state: policy.State
    dates_to_come: int
    origin: str
    # The organiser's, as plain text.
    description: str


class ConcertPages:
    """The pages of concerts, each made when it is first asked for: a cache."""

    def __init__(self, index: File) -> None:
        self._index = index
        self._kept: OrderedDict[tuple[str, HeadOf], tuple[Concert, File]] = OrderedDict()

    async def page_for(self, request: Request) -> File:
        """The page that answers this request."""
        runtime: Runtime = request.app.state.runtime
        concert = runtime.catalogue.concerts.get(request.path_params["concert"])
        origin = _origin(request, runtime)
        if concert is None or origin is None:
            return self._index
        description = await _description(runtime, concert)
        dates = _shown_dates(concert, runtime.now())
        moment = HeadOf(policy.last_known_state(runtime, concert), len(dates), origin, description)
        key = concert.id, moment
        kept = self._kept.get(key)
        if kept is not None and kept[0] is concert:
            self._kept.move_to_end(key)
            return kept[1]
        made = self._with_head(head_of(concert, moment.state, dates, origin, description))
        self._kept[key] = concert, made
        while len(self._kept) > PAGES_KEPT_MAX:
            self._kept.popitem(last=False)
        return made

    def _with_head(self, head: str) -> File:
        filled = HEAD.sub(lambda _: head.encode(), self._index.coded["identity"], count=1)
        tag = hashlib.sha256(filled).hexdigest()[:16]
        coded = {"identity": filled, "gzip": gzip.compress(filled, mtime=0)}
        return self._index._replace(tag=tag, coded=coded)


def has_head(index: File) -> bool:
    """Whether a page says where its head is."""
    return HEAD.search(index.coded["identity"]) is not None


def _shown_dates(concert: Concert, now: datetime) -> tuple[Performance, ...]:
    """The dates to come, and those that would have come."""
    sold = phases.dates_on_sale(concert, now)
    return tuple(
        date
        for date in concert.performances
        if date in sold or (date.schedule == "cancelled" and date.starts_at > now)
    )


async def _description(runtime: Runtime, concert: Concert) -> str:
    """What the organiser says the concert is, as plain text; "" while it cannot be read, because
    the page is of use without it."""
    try:
        _, details = await runtime.details.of(concert)
    except (ConcertNotFound, StoreUnavailable):
        return ""
    return _plain(details.description or details.description_en or "")


@lru_cache(maxsize=PAGES_KEPT_MAX)
def _plain(text: str) -> str:
    return markdown.to_text(text)


def _origin(request: Request, runtime: Runtime) -> str | None:
    asked, forwarded = request.headers.get("host", ""), request.headers.get("x-forwarded-proto", "")
    return origin_of(runtime.settings, asked, forwarded, request.url.scheme)

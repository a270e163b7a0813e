"""What a concert's page says of itself to programs that do not run it: search engines, and the
previews of messengers. Pure.

Open Graph for previews, and an Event of schema.org for each date, as JSON-LD: a block of data,
which the Content-Security-Policy lets stand because no browser runs it.
"""

from collections.abc import Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import msgspec

from yemae.concerts.catalogue import Concert
from yemae.concerts.performance import Performance, Schedule
from yemae.sale.policy import State
from yemae.values import money
from yemae.values.instants import instant, local_time, on_clocks

# Of the next dates; a search engine comes again.
EVENTS_MAX = 50
DESCRIPTION_MAX_CHARS = 500
SITE = "Yemae"
ICON = "/icon-512.png"
# Paused and draining sales sell to no new fan. A concert that is over has no offer.
AVAILABILITY: dict[State, str] = {
    "before_sale": "PreOrder",
    "prequeue": "PreOrder",
    "open": "InStock",
    "paused": "OutOfStock",
    "draining": "OutOfStock",
    "sold_out": "SoldOut",
}

STATUS: dict[Schedule, str] = {
    "as_planned": "EventScheduled",
    "postponed": "EventRescheduled",
    "cancelled": "EventCancelled",
}


def head_of(
    concert: Concert, state: State, dates: Sequence[Performance], origin: str, description: str = ""
) -> str:
    """The tags; `dates` are those to come, `origin` is what addresses of this server begin with,
    `description` is the organiser's, as plain text."""
    url = f"{origin}/concerts/{quote(concert.id, safe='')}"
    title = f"{concert.title} · {concert.artist}"
    image = _image(concert, origin)
    said = _shortened(description)
    about = " · ".join((concert.artist, concert.venue, _when(concert)))
    named = {"description": about, "twitter:card": "summary"}
    if concert.hidden:
        named["robots"] = "noindex"
    properties = {
        "og:type": "website",
        "og:site_name": SITE,
        "og:title": title,
        "og:description": about,
        "og:url": url,
        "og:image": image,
    }
    return "".join(
        [
            f"<title>{escape(title)} · {SITE}</title>",
            f'<link rel="canonical" href="{escape(url)}" />',
            *(_meta("name", name, content) for name, content in named.items()),
            *(_meta("property", name, content) for name, content in properties.items()),
            _data([_event(concert, state, date, image, url, said) for date in dates[:EVENTS_MAX]]),
        ]
    )


def _meta(kind: str, name: str, content: str) -> str:
    return f'<meta {kind}="{name}" content="{escape(content)}" />'


def _data(events: list[dict[str, Any]]) -> str:
    """The events as a block of data that no text in them can end."""
    if not events:
        return ""
    text = msgspec.json.encode(events).decode()
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/ld+json">{text}</script>'


def _image(concert: Concert, origin: str) -> str:
    """The organiser's poster, or our icon."""
    if concert.poster is None:
        return origin + ICON
    return f"{origin}/v1/concerts/{quote(concert.id, safe='')}/poster?v={concert.poster}"


def _shortened(text: str) -> str:
    """As much as search engines read of a text, in whole words."""
    if len(text) <= DESCRIPTION_MAX_CHARS:
        return text
    return text[: DESCRIPTION_MAX_CHARS - 1].rsplit(" ", 1)[0] + "…"


def _event(
    concert: Concert, state: State, date: Performance, image: str, url: str, description: str
) -> dict[str, Any]:
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MusicEvent",
        "name": concert.title,
        "startDate": local_time(date.starts_at, date.zone) or instant(date.starts_at),
        "eventStatus": f"https://schema.org/{STATUS[date.schedule]}",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": concert.venue, "address": concert.venue},
        "performer": {"@type": "PerformingGroup", "name": concert.artist},
        "image": [image],
        "url": url,
    }
    if description:
        event["description"] = description
    if concert.title_en:
        event["alternateName"] = concert.title_en
    if date.postponed_from is not None:
        event["previousStartDate"] = local_time(date.postponed_from, date.zone)
    availability = AVAILABILITY.get(state)
    if availability is not None and date.schedule != "cancelled":
        event["offers"] = {
            "@type": "Offer",
            "url": url,
            "price": _price(date.price_from, concert.currency),
            "priceCurrency": concert.currency,
            "availability": f"https://schema.org/{availability}",
            "validFrom": instant(concert.sale_opens_at),
        }
    return event


def _price(minor: int, currency: str) -> str:
    """`66000` for 66000 KRW, `123.45` for 12345 USD."""
    return money.amount(minor, currency).removesuffix(f" {currency}").replace(",", "")


def _when(concert: Concert) -> str:
    """The first and the last day on the venue's clocks: `2030-05-03 – 2030-05-04`."""
    first, last = (
        f"{on_clocks(date.starts_at, date.zone):%Y-%m-%d}"
        for date in (concert.performances[0], concert.performances[-1])
    )
    return first if first == last else f"{first} – {last}"

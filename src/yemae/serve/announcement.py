"""What `yemae serve` writes when it is ready. The README shows the same text."""

import sys
from datetime import UTC, datetime

import msgspec

from yemae.base.logs import writes_json
from yemae.embedded.private_stores import StoreUrls
from yemae.settings import Settings, TopUps
from yemae.values.instants import instant

# How money comes into a wallet, in words.
TOP_UPS: dict[TopUps, str] = {
    "free": "free: credited without payment",
    "card": "by card",
    "off": "off",
}


def announce(url: str, settings: Settings, external: StoreUrls, *, has_page: bool) -> None:
    """Write that the server is ready: a text for people, or one line of JSON for programs."""
    places = [
        "PostgreSQL elsewhere" if external.database_url else "private PostgreSQL",
        "Valkey elsewhere" if external.valkey_url else "private Valkey",
    ]
    page = url if has_page else "not built: make run in a checkout builds it"
    if writes_json(settings) and not sys.stdout.isatty():
        # For programs that wait for it, at every log level.
        event = {
            "event": "serving",
            "level": "info",
            "timestamp": instant(datetime.now(UTC)),
            "url": url,
            "page": url if has_page else None,
            "docs": f"{url}/docs",
            "data_dir": None if all(external) else str(settings.stores.data_dir),
            "stores": places,
            "top_ups": settings.top_ups(),
        }
        print(msgspec.json.encode(event).decode(), flush=True)  # noqa: T201 - one JSON line
        return
    data = (
        f"{settings.stores.data_dir}  ({', '.join(places)})" if not all(external) else "elsewhere"
    )
    print(ready_text(url, page, data, TOP_UPS[settings.top_ups()]), end="", flush=True)  # noqa: T201 - people read it


def ready_text(url: str, page: str, data: str, top_ups: str) -> str:
    """What people who start it in a terminal read."""
    return (
        f"\nYemae is ready at {url}\n\n"
        f"  Fans' page {page}\n"
        f"  API page   {url}/docs\n"
        f"  Data       {data}\n"
        f"  Top-ups    {top_ups}\n"
        f"  Try it     curl {url}/v1/concerts\n"
        f"  Stop it    Ctrl-C\n"
    )

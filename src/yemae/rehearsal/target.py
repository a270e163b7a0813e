"""A running server: which concert, the fans' tokens, and whether its stores can be checked."""

import asyncio
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import msgspec

from yemae.accounts.access import Issuer
from yemae.embedded.data_folder import FolderBusyError, lock_folder
from yemae.embedded.private_stores import PrivateStores, StoreUrls
from yemae.rehearsal.answers import wanted_consent
from yemae.rehearsal.client import Client, Response
from yemae.rehearsal.own_file import OwnFile
from yemae.rehearsal.run import RehearsalError
from yemae.rehearsal.scenario import Scenario, ScenarioError
from yemae.rehearsal.tally import Tally
from yemae.settings import Settings
from yemae.store.errors import StoreError

PASSWORD = "the password of a simulated fan"  # noqa: S105 - not a secret
SIGN_UPS_AT_ONCE = 16
PROBE_TTL_S = 60
# A server notices a load within a second; a busy machine needs longer.
NOTICED_S = 30.0
LOOK_S = 0.1
JSON = "Content-Type: application/json"


class ConcertAnswer(msgspec.Struct, frozen=True):
    """A concert of the server's list."""

    id: str
    title: str
    seat_limit: int
    currency: str = "KRW"
    # In the IANA database; None when the concert file names none.
    time_zone: str | None = None
    # In the venue's local time; None when its offset is not known.
    first_performance_at_local: str | None = None


class ConcertsAnswer(msgspec.Struct, frozen=True):
    """A part of the list of concerts."""

    concerts: list[ConcertAnswer]
    next_cursor: str | None = None


class SettingsAnswer(msgspec.Struct, frozen=True):
    """How money comes into a wallet; a server that does not say credits every top-up."""

    top_ups: str = "free"


class SessionAnswer(msgspec.Struct, frozen=True):
    """The fields of a sign-up's answer that we need."""

    access_token: str


class Target(NamedTuple):
    """Where the rehearsal takes place."""

    url: str
    concert: ConcertAnswer
    # Empty when fans have to sign up.
    secret_key: str
    # The stores to reconcile afterwards, or a note why there are none.
    stores: Settings | None
    note: str
    # Of an operator's own file, on a private server.
    own: OwnFile | None = None
    # When its sale opens; None: before the rehearsal.
    opens_at: datetime | None = None
    # A server of this rehearsal alone.
    is_private: bool = False


async def find_concert(url: str, wanted: str | None) -> ConcertAnswer:
    """The concert of this id, or the only one there is. Raises ScenarioError or RehearsalError."""
    found = {concert.id: concert for concert in await _concerts(url)}
    if wanted is None and len(found) == 1:
        return next(iter(found.values()))
    if wanted not in found:
        known = ", ".join(found) or "none"
        missing = "Say which concert with --concert" if wanted is None else f"No concert {wanted!r}"
        raise ScenarioError(f"{missing}; there are: {known}.")
    return found[wanted]


async def require_free_top_ups(url: str) -> None:
    """Raises ScenarioError where the fans of a rehearsal could not pay, or RehearsalError."""
    answer = await _once(url, "GET", "/v1/settings")
    if answer.status != 200:
        raise _no_answer(url, answer)
    top_ups = msgspec.json.decode(answer.body, type=SettingsAnswer).top_ups
    if top_ups != "free":
        raise ScenarioError(
            f"Simulated fans pay from their balance, and {url} credits no top-up (YEMAE_TOP_UPS is "
            f"{top_ups}): start it with YEMAE_TOP_UPS=free for the rehearsal, or use --embedded."
        )


async def accepts(url: str, secret_key: str) -> bool:
    """Whether the server accepts tokens that this key signs."""
    token = Issuer(secret_key, PROBE_TTL_S).issue("rehearsal-probe").text
    answer = await _once(url, "GET", "/v1/me", f"Authorization: Bearer {token}")
    return answer.status == 200


async def sign_up(url: str, prefix: str, scenario: Scenario, stop: asyncio.Event) -> list[str]:
    """Sign every fan up over HTTP; gives their access tokens, fewer when stopped.

    Raises RehearsalError.
    """
    client = Client(url, SIGN_UPS_AT_ONCE, Tally())
    numbers = iter(range(scenario.fans))
    tokens: dict[int, str] = {}

    async def one_after_the_other() -> None:
        for number in numbers:
            if stop.is_set():
                return
            tokens[number] = await _sign_up(client, f"{prefix}{number}")

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(SIGN_UPS_AT_ONCE):
                group.create_task(one_after_the_other())
    except* RehearsalError as errors:
        raise errors.exceptions[0] from None
    finally:
        await client.close()
    return [tokens[number] for number in sorted(tokens)]


def stores_of(settings: Settings) -> tuple[Settings | None, str]:
    """The stores that can be checked from this machine, or None and why not.

    They are those of the settings, or those of a server that runs on the data folder. Raises
    StoreError when that server's stores do not answer.
    """
    named = StoreUrls(settings.stores.database_url, settings.stores.valkey_url)
    if all(named):
        return settings, ""
    none = (
        f"no stores are named, and no server runs on the data folder {settings.stores.data_dir} "
        "(that of the server, if it is another, goes into YEMAE_DATA_DIR)"
    )
    if not (settings.stores.data_dir / "lock").exists():
        return None, none
    try:
        lock_folder(settings.stores.data_dir, "command").release()
    except FolderBusyError as busy:
        if busy.holder.purpose == "serve":
            urls = PrivateStores(settings.stores.data_dir, external=named).wait_for_lent()
            return _with(settings, urls), ""
        return None, str(busy).rstrip(".")
    except StoreError as error:
        return None, str(error).rstrip(".")
    return None, none


def _with(settings: Settings, urls: StoreUrls) -> Settings:
    return settings.replace(database_url=urls.database_url, valkey_url=urls.valkey_url)


async def wait_for_concert(url: str, concert_id: str) -> None:
    """Wait until the server has noticed that the concert was loaded. Raises RehearsalError."""
    for _ in range(int(NOTICED_S / LOOK_S)):
        answer = await _once(url, "GET", f"/v1/concerts/{quote(concert_id)}")
        if answer.status == 200:
            return
        await asyncio.sleep(LOOK_S)
    raise RehearsalError(f"The server at {url} does not have the concert {concert_id}.")


def require_url(url: str) -> str:
    """The URL of a server without its last slash. Raises ScenarioError."""
    refused = ScenarioError(f"{url!r} is no address of a server such as http://127.0.0.1:8000.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise refused from None
    is_web = parts.scheme in {"http", "https"} and parts.hostname and port != 0
    if not is_web or parts.query or parts.fragment:
        raise refused
    return url.rstrip("/")


async def _concerts(url: str) -> list[ConcertAnswer]:
    concerts: list[ConcertAnswer] = []
    path: str | None = "/v1/concerts"
    while path is not None:
        answer = await _once(url, "GET", path)
        if answer.status != 200:
            raise _no_answer(url, answer)
        try:
            page = msgspec.json.decode(answer.body, type=ConcertsAnswer)
        except msgspec.MsgspecError as error:
            raise RehearsalError(f"The server at {url} is no Yemae: {error}.") from error
        concerts += page.concerts
        path = page.next_cursor and f"/v1/concerts?cursor={quote(page.next_cursor, safe='')}"
    return concerts


def _no_answer(url: str, answer: Response) -> RehearsalError:
    said = f"answers {answer.status}" if answer.status else "does not answer"
    return RehearsalError(f"The server at {url} {said}.")


async def _once(url: str, method: str, path: str, *headers: str) -> Response:
    client = Client(url, 1, Tally())
    try:
        return await client.ask("dates", method, path, headers)
    finally:
        await client.close()


async def _sign_up(client: Client, name: str) -> str:
    body = msgspec.json.encode(
        {"name": name, "email": f"{name}@rehearsal.invalid", "password": PASSWORD}
    )
    while True:
        answer = await client.ask("join", "POST", "/v1/users", (JSON,), body)
        if version := wanted_consent(answer.status, answer.body):
            body = msgspec.json.encode({**msgspec.json.decode(body), "terms": version})
            continue
        if answer.status == 201:
            return msgspec.json.decode(answer.body, type=SessionAnswer).access_token
        if answer.status not in {429, 503}:
            raise RehearsalError(f"A fan could not sign up: the server answered {answer.status}.")
        await asyncio.sleep(max(1, answer.retry_after_s))

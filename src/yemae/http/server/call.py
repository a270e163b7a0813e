"""One request as a handler sees it: gates first, then parameters and body.

A gate refuses before anything else is looked at. Nothing here touches the database; the entry
gate asks the waiting room through the batches.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar
from urllib.parse import parse_qsl
from uuid import UUID

import msgspec

from yemae.accounts.access import Identity
from yemae.accounts.roles import Grant
from yemae.base.rate_limit import network
from yemae.http.contract.operation import KEY_SCHEMA, LIMIT
from yemae.http.server.bodies import BodyKind, decoded
from yemae.http.server.connections import BODY_WAIT_S, CYCLE
from yemae.http.server.languages import Language, preferred
from yemae.http.server.local import is_direct, is_local
from yemae.http.server.origin import origin_of
from yemae.http.server.untrusted import note_proxy
from yemae.refusals import (
    BodyTooLarge,
    IdempotencyKeyRequired,
    InvalidRequest,
    MalformedBody,
    RequestTimeout,
)
from yemae.runtime import Runtime
from yemae.sale import gate
from yemae.sale.batches import Batches
from yemae.sale.gate import Entered
from yemae.waiting_room.tokens import EntryToken, QueueToken

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

IDEMPOTENCY_KEY = re.compile(str(KEY_SCHEMA["pattern"]))
DEFAULT_PAGE = 20
PAGE_MAX = 100
BODY_MAX_BYTES = 65_536


class Listed(Protocol):
    """What a list with a cursor has in it."""

    @property
    def id(self) -> UUID: ...  # noqa: D102


Row = TypeVar("Row", bound=Listed)
Headers = list[tuple[bytes, bytes]]


class Operator(NamedTuple):
    """Who an operator is, as the log names them, the concerts where their role may make this call
    (None: all), and all their roles."""

    who: str
    concerts: frozenset[str] | None
    roles: frozenset[Grant] = frozenset()


class Head:
    """The head of a request, with the runtime that serves it."""

    __slots__ = ("_headers", "batches", "queue_id", "runtime")

    def __init__(self, headers: Headers, runtime: Runtime, batches: Batches) -> None:
        # Of a header that comes twice, the first counts.
        self._headers: dict[bytes, bytes] = dict(reversed(headers))
        self.runtime = runtime
        self.batches = batches
        # Of the place or the pass that it has shown, which is ours.
        self.queue_id: str | None = None

    def header(self, name: bytes) -> str | None:
        """A header by its lower-case name, or None."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def headers(self) -> dict[str, str]:
        """All headers, by their lower-case names."""
        return {name.decode("latin-1"): v.decode("latin-1") for name, v in self._headers.items()}

    def language(self) -> Language:
        """The language that the client prefers."""
        return preferred(self._headers.get(b"accept-language"))

    def user_id(self) -> str:
        """Whose call this is. Raises Unauthenticated."""
        return self.runtime.issuer.user_id(self._bearer())

    def session(self) -> tuple[str, float]:
        """Whose call this is, and when their token was issued, in Unix seconds. Raises
        Unauthenticated."""
        return self.runtime.issuer.session(self._bearer())

    def identity(self) -> Identity:
        """Whose call this is, with role and groups. Raises Unauthenticated."""
        return self.runtime.issuer.identity(self._bearer())

    def place(self) -> QueueToken:
        """The place that the Queue-Token names. Raises QueueTokenInvalid, QueueTokenExpired or
        ConcertNotFound."""
        place = gate.claimed_place(self.runtime, self.header(b"queue-token"))
        self.queue_id = place.concert_id
        return place

    def _bearer(self) -> str | None:
        scheme, _, token = (self.header(b"authorization") or "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


class Call(Head):
    """A request."""

    __slots__ = ("_query", "_receive", "_scope", "caller")

    # Set by the gate of roles; a call that was not let through it has none.
    caller: Operator

    def __init__(
        self, scope: "Scope", receive: "Receive", runtime: Runtime, batches: Batches
    ) -> None:
        super().__init__(scope["headers"], runtime, batches)
        self._scope = scope
        self._receive = receive
        self._query: dict[str, str] | None = None

    # --- Gates ---

    def operator(self) -> str:
        """The operator whose call this is, as the log names them."""
        return self.caller.who

    def address(self) -> str:
        """The network that the call comes from, as the server or the proxy in front of it saw it;
        the same for all whose address cannot be read."""
        client = self._scope.get("client")
        return network(str(client[0]) if client else "")

    def account_address(self) -> str:
        """The same for a caller who signs in or up: seldom enough to notice an unknown proxy by."""
        note_proxy(self._scope)
        return self.address()

    def is_local(self) -> bool:
        """Whether the call comes from this machine itself, and not through a proxy."""
        return is_local(self._scope)

    def is_direct(self) -> bool:
        """Whether the call comes without a proxy in between."""
        return is_direct(self._scope)

    async def entry(self, concert_id: str | None = None) -> EntryToken:
        """The gate of a call that only reads: the caller's open pass, of this concert when one is
        given. Raises Unauthenticated, EntryToken* and EntryProof* refusals."""
        entry = self._claimed_pass(concert_id)
        await gate.enter_to_look(self.runtime, self.batches, entry)
        return entry

    async def enter(self) -> Entered:
        """The gate of a call that may be repeated with its Idempotency-Key. Raises as `entry`
        does, or InvalidRequest."""
        entry, key = self._claimed_pass(), self.idempotency_key()
        return await gate.enter_or_repeat(self.batches, entry, key)

    def _claimed_pass(self, concert_id: str | None = None) -> EntryToken:
        token, secret = self.header(b"entry-token"), self.header(b"entry-proof") or ""
        entry = gate.claimed_pass(self.runtime, self.user_id(), token, secret, concert_id)
        self.queue_id = entry.concert_id
        return entry

    def origin(self) -> str | None:
        """What addresses of this server begin with, such as `https://tickets.example.com`; None
        when that cannot be known."""
        asked, forwarded = self.header(b"host") or "", self.header(b"x-forwarded-proto") or ""
        return origin_of(self.runtime.settings, asked, forwarded, self._scope["scheme"])

    def page_origin(self) -> str | None:
        """What addresses begin with that others send a fan back to: the public one if it is set."""
        settings = self.runtime.settings
        return settings.origin() if settings.mail.public_url else self.origin()

    # --- Parameters ---

    def path(self, name: str) -> str:
        """A part of the path."""
        return str(self._scope["path_params"][name])

    def path_uuid(self, name: str) -> UUID | None:
        """A part of the path that should be a UUID; None when it is not."""
        try:
            return UUID(self.path(name))
        except ValueError:
            return None

    def query(self, name: str) -> str | None:
        """A query parameter, the last one if it is repeated."""
        if self._query is None:
            text = self._scope["query_string"].decode("latin-1")
            self._query = dict(parse_qsl(text, keep_blank_values=True))
        return self._query.get(name)

    def queries(self, name: str) -> list[str]:
        """Every value of a query parameter that may be repeated."""
        text = self._scope["query_string"].decode("latin-1")
        return [value for key, value in parse_qsl(text, keep_blank_values=True) if key == name]

    def limit(self) -> int:
        """The page size that was asked for. Raises InvalidRequest."""
        text = self.query(LIMIT.name)
        if text is None:
            return DEFAULT_PAGE
        if not (
            text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= PAGE_MAX
        ):
            raise InvalidRequest.of("limit", f"Expected `int` from 1 to {PAGE_MAX}")
        return int(text)

    def cursor_uuid(self) -> UUID | None:
        """The cursor of a list that is sorted by id. Raises InvalidRequest."""
        text = self.query("cursor")
        if text is None:
            return None
        try:
            return UUID(text)
        except ValueError:
            raise InvalidRequest.of("cursor", "not a next_cursor of this list") from None

    def idempotency_key(self, *, required: bool = False) -> str | None:
        """The Idempotency-Key. Raises IdempotencyKeyRequired or InvalidRequest."""
        key = self.header(b"idempotency-key")
        if not key:
            if required:
                raise IdempotencyKeyRequired
            return None
        if not IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidRequest.of("Idempotency-Key", "Expected 1 to 255 visible ASCII characters")
        return key

    async def body(
        self, decoder: msgspec.json.Decoder[BodyKind], max_bytes: int = BODY_MAX_BYTES
    ) -> BodyKind:
        """The body, read and checked. Raises BodyTooLarge, MalformedBody or InvalidRequest."""
        return decoded(await self._read(max_bytes), decoder)

    async def optional_body(self, decoder: msgspec.json.Decoder[BodyKind]) -> BodyKind | None:
        """The body, or None when there is none or it is empty, however that is said. Raises as
        `body` does."""
        is_chunked = b"transfer-encoding" in self._headers
        if not is_chunked and self._headers.get(b"content-length", b"0") == b"0":
            return None
        raw = await self._read()
        return decoded(raw, decoder) if raw else None

    async def raw_body(self) -> bytes:
        """The body as it came, for what is signed. Raises BodyTooLarge or MalformedBody."""
        return await self._read()

    async def _read(self, max_bytes: int = BODY_MAX_BYTES) -> bytes:
        cycle = self._scope.get(CYCLE)
        if cycle is not None and not cycle.more_body:
            # It has come with the head, as nearly always: a timer would cost as much as a twentieth
            # of a hold.
            return await self._read_all(max_bytes)
        try:
            async with asyncio.timeout(BODY_WAIT_S):
                return await self._read_all(max_bytes)
        except TimeoutError:
            raise RequestTimeout(BODY_WAIT_S) from None

    async def _read_all(self, max_bytes: int) -> bytes:
        declared = self.header(b"content-length")
        if declared and declared.isdigit() and int(declared) > max_bytes:
            raise BodyTooLarge(max_bytes)
        chunks, size = [], 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise MalformedBody("the connection broke before its end")
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > max_bytes:
                raise BodyTooLarge(max_bytes)
            chunks.append(chunk)
            if not message.get("more_body", False):
                return b"".join(chunks)


def one_page(found: Sequence[Row], limit: int) -> tuple[Sequence[Row], UUID | None]:
    """The first `limit` rows, and the cursor of the next page when one row more was found."""
    listed = found[:limit]
    return listed, listed[-1].id if len(found) > limit else None

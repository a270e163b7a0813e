"""`yemae tickets`: the key for those who build scanners, and a check of ticket codes."""

import asyncio
import base64
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from io import BufferedReader
from typing import Annotated, Literal, cast

import msgspec
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from yemae.cli.examples import examples
from yemae.cli.failures import TROUBLE, InputError
from yemae.cli.screen import AsJson, cell, write_line
from yemae.cli.stores import store_settings
from yemae.door.check import Refused, ValidTicket, look_up, offline
from yemae.door.scanned import as_code
from yemae.embedded.secret_key import secret_key
from yemae.orders import ticket_code
from yemae.orders.ticket_code import CodeError, Ticket, TicketSigner
from yemae.runtime import open_stores
from yemae.settings import read_settings
from yemae.values.instants import plain
from yemae.values.text import printable, printable_json

# Far more than a code has.
LINE_MAX_BYTES = 65_536
LINE_ENDS = re.compile(rb"[\r\n\x03\x04]")

Verdict = ValidTicket | Refused
Judge = Callable[[Ticket], Verdict]

app = typer.Typer(name="tickets", help="The public key of ticket codes, and a check of them.")


@app.callback()
def tickets() -> None:
    """The public key of ticket codes, and a check of them."""


@app.command(epilog=examples("yemae tickets key", "yemae tickets key --format pem > tickets.pem"))
def key(
    *,
    form: Annotated[
        Literal["hex", "pem", "jwk"],
        typer.Option("--format", help="32 bytes in hex, a PEM file, or a JSON Web Key."),
    ] = "hex",
) -> None:
    """Print the public key that scanners check ticket codes with.

    It is no secret: it can read and check codes, but not sign them. It follows from the server's
    secret key and changes with it. Needs no stores and no running server.
    """
    public = _own_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    match form:
        case "hex":
            write_line(raw.hex())
        case "pem":
            pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            write_line(pem.decode().rstrip())
        case "jwk":
            write_line(_as_jwk(raw))


@app.command(
    epilog=examples(
        "yemae tickets check YEMAE1:AGM5HMTKIB…",
        "scanner | yemae tickets check --json",
        "yemae tickets check --offline --key 5d1f… < codes.txt",
    )
)
def check(
    codes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CODE]...", help="What the QR codes say [default: one on each line of stdin]."
        ),
    ] = None,
    *,
    is_offline: Annotated[
        bool, typer.Option("--offline", help="Check the signature only, without a database.")
    ] = False,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="PUBLICKEY",
            help="With --offline: the key, as `yemae tickets key` prints it [default: this "
            "server's].",
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Check ticket codes: one line for each, at once.

    A ticket is valid when this server signed it, its order is paid and the seat is the order's.
    A price type follows, with the proof that its fan has to show. The check records no entry.
    Exit code 1 when a ticket was refused.
    """
    if key is not None and not is_offline:
        raise InputError("--key belongs to --offline: a server checks with its own key.")
    public = _own_key() if key is None else _read_key(key)
    with _offline() if is_offline else _at_the_database() as judge:
        verdicts = [_check(code, public, judge, json=json) for code in codes or _lines()]
    if not verdicts:
        raise InputError("There was no code to check.")
    if not all(verdicts):
        raise typer.Exit(TROUBLE)


def _own_key() -> Ed25519PublicKey:
    return TicketSigner(secret_key(read_settings(), make=False)).public_key


def _read_key(text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text))
    except ValueError:
        raise InputError(
            "--key is no public key: 64 characters of hex, as `yemae tickets key` prints them."
        ) from None


def _as_jwk(raw: bytes) -> str:
    """RFC 8037's form of the key, on one line."""
    x = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return msgspec.json.encode({"kty": "OKP", "crv": "Ed25519", "use": "sig", "x": x}).decode()


def _lines() -> Iterator[str]:
    """What stands on each line of stdin, as soon as it is there; a scanner may type them."""
    if sys.stdin.isatty():
        sys.stderr.write("Scan or type codes, one on each line; Ctrl-D ends.\n")
    waiting = b""
    # Not line by line: many scanners end a code with a carriage return, or with ETX, alone.
    stdin = cast("BufferedReader", sys.stdin.buffer)
    while read := stdin.read1(LINE_MAX_BYTES):
        *lines, waiting = LINE_ENDS.split(waiting + read)
        # What has no ends, such as a device by mistake, comes in pieces that are no codes.
        while len(waiting) > LINE_MAX_BYTES:
            lines.append(waiting[:LINE_MAX_BYTES])
            waiting = waiting[LINE_MAX_BYTES:]
        yield from filter(None, map(_text, lines))
    if text := _text(waiting):
        yield text


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace").strip()


def _check(code: str, public: Ed25519PublicKey, judge: Judge, *, json: bool) -> bool:
    """Judge one code and say so. The code itself is not repeated: it may be anything."""
    scanned = as_code(code)
    try:
        verdict = judge(ticket_code.read(scanned.code, public))
    except CodeError as error:
        verdict = Refused(" ".join(filter(None, (str(error), scanned.hint))))
    write_line(_as_json(verdict) if json else _in_words(verdict))
    sys.stdout.flush()
    return isinstance(verdict, ValidTicket)


def _in_words(verdict: Verdict) -> str:
    if isinstance(verdict, Refused):
        return f"refused: {verdict.reason}"
    where = f"{verdict.performance_id}, seat {verdict.seat}"
    if verdict.concert is None:
        return f"valid: {where}"
    return f"valid: {verdict.concert}, {cell(verdict.starts_at)}, {where}{_proof(verdict)}"


def _proof(verdict: ValidTicket) -> str:
    """What the fan has to show beside the ticket."""
    sold_as = verdict.price_type
    if sold_as is None:
        return ""
    shown = sold_as.proof or "no proof needed"
    return printable(f", {sold_as.name} ({shown})")


def _as_json(verdict: Verdict) -> str:
    """One line, so that a program can read verdicts as they come."""
    fields = {"valid": isinstance(verdict, ValidTicket), **verdict._asdict()}
    return printable_json(msgspec.json.encode(plain(fields)).decode())


@contextmanager
def _offline() -> Iterator[Judge]:
    yield offline


@contextmanager
def _at_the_database() -> Iterator[Judge]:
    """Judges with the catalogue and a connection that stay open between the codes."""
    with store_settings() as settings, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        opening = open_stores(settings, uses_valkey=False)
        stores = runner.run(stack.enter_async_context(opening))
        try:
            yield lambda ticket: runner.run(look_up(stores.postgres, stores.catalogue, ticket))
        finally:
            runner.run(stack.aclose())

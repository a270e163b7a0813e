"""`yemae concerts ready` and `sign-off`: what is in the way of a sale, and who has signed."""

from typing import Annotated, Any

import msgspec
import typer

from yemae.back_office import readiness
from yemae.back_office.readiness import Hold, NewSignOff, Readiness
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import ConcertId, on_queue
from yemae.cli.screen import AsJson, write_json, write_line
from yemae.concerts.controls import operator
from yemae.concerts.limits import PATTERN_WORDS, TEXT, ShortText, Text
from yemae.runtime import Stores
from yemae.values.instants import clock, instant

FANS_MAX = 10_000_000
# What is in the way, in words.
HOLDS: dict[Hold, str] = {
    "no_rehearsal": "there was no rehearsal on this machine: yemae rehearse",
    "rehearsal_failed": "the last rehearsal had problems, or was stopped",
    "rehearsal_small": "the last rehearsal had fewer fans than are expected",
    "not_signed": "nothing is signed off at the plans and prices of this moment",
}
STATES = {"stands": "", "outdated": ", plans or prices changed", "taken_back": ", taken back"}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog=examples("yemae concerts ready small-hall"))(ready)
    app.command(
        "sign-off",
        epilog=examples('yemae concerts sign-off small-hall --name "Ann Kim" --expected-fans 3000'),
    )(sign_off)


def ready(concert: ConcertId, *, json: AsJson = False) -> None:
    """Show what is in the way of a concert's sale.

    What `yemae doctor` finds comes on top.
    """
    found = on_queue(concert, lambda stores: _read(stores, concert), valkey="wanted")
    if json:
        write_json(_described(found))
        return
    for hold in found.holds():
        write_line(f"! {HOLDS[hold]}")
    if not found.holds():
        write_line("✓ nothing is in the way")
    waiting = "not known" if found.waiting is None else f"{found.waiting:,}"
    write_line(f"expected fans: {found.expected_fans:,}, in line: {waiting}")
    if found.draw_seal is not None:
        write_line(f"seal of the draw: {found.draw_seal}")
    write_line(f"digest of plans and prices: {found.digest}")
    for each in found.sign_offs:
        write_line(
            f"{each.name}, {clock(each.signed_at)}, for {each.expected_fans:,} fans"
            f"{STATES[each.state]}"
        )


def sign_off(
    concert: ConcertId,
    *,
    name: Annotated[str, typer.Option(help="Who signs.")],
    expected_fans: Annotated[int, typer.Option(help="The crowd.", min=1, max=FANS_MAX)],
    note: Annotated[str, typer.Option(help="A note, for the list and the log.")] = "",
) -> None:
    """Sign a concert's sale off.

    It is of the plans and prices of this moment, and counts until one of them changes.
    """
    _require("--name", name, ShortText)
    if note:
        _require("--note", note, Text)

    async def sign(stores: Stores) -> None:
        found = await _read(stores, concert)
        new = NewSignOff(name, note, expected_fans, found.digest)
        await readiness.sign(stores, stores.catalogue.concert(concert), operator(), new)

    on_queue(concert, sign, valkey="wanted")
    write_line(f"{concert} is signed off by {name}")


def _require(option: str, text: str, kind: Any) -> None:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError as error:
        words = str(error).replace(repr(TEXT), PATTERN_WORDS[TEXT])
        raise InputError(f"{option} cannot be {text!r}: {words}.") from None


async def _read(stores: Stores, concert_id: str) -> Readiness:
    return await readiness.read(stores, stores.catalogue.concert(concert_id))


def _described(found: Readiness) -> dict[str, object]:
    return {
        "holds": found.holds(),
        "digest": found.digest,
        "expected_fans": found.expected_fans,
        "waiting": found.waiting,
        "draw_seal": found.draw_seal,
        "sign_offs": [
            {
                "name": each.name,
                "state": each.state,
                "expected_fans": each.expected_fans,
                "signed_at": instant(each.signed_at),
            }
            for each in found.sign_offs
        ],
    }

"""`yemae concerts closing-report`: one sealed file that says what happened at a sale and whether it
adds up; and whether such a file is as it was sealed."""

from pathlib import Path
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.files import write_file
from yemae.cli.queue import ConcertId, on_queue, on_stores
from yemae.cli.screen import write_line
from yemae.closing.report import MadeReport, make, note_handed_out
from yemae.closing.seal import check
from yemae.concerts.controls import operator
from yemae.runtime import Stores

FILE_MAX_BYTES = 1024 * 1024 * 1024


def add_to(app: typer.Typer) -> None:
    """Add the commands to `yemae concerts`."""
    lines = ("small-hall", "small-hall --to report.zip")
    made = examples(*(f"yemae concerts closing-report {each}" for each in lines))
    app.command("closing-report", epilog=made)(closing_report)
    app.command("check-report", epilog=examples("yemae concerts check-report report.zip"))(
        check_report
    )


def closing_report(
    concert: ConcertId,
    *,
    to: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to [default: CONCERT-closing-report.zip]."),
    ] = None,
) -> None:
    """Write a closing report: one sealed ZIP file.

    It has curves, funnel, the audit of a draw, the invariants, money and operators' actions, as
    HTML in both languages, JSON and XLSX, with a signed manifest. The same data makes the same
    file. Exit code 1 when something does not add up; the file is written all the same.
    """

    async def carry_out(stores: Stores) -> MadeReport:
        concert_id = stores.catalogue.queue(concert).concert_id
        made = await make(stores, concert_id)
        write_file(to or Path(made.file_name), made.sealed.content)
        await note_handed_out(stores, operator(), made)
        return made

    made = on_queue(concert, carry_out, valkey="needed")
    write_line(f"{to or made.file_name} written, SHA-256 {made.sealed.digest}")
    broken = [each for each in made.facts.invariants if each.violations]
    for each in broken:
        write_line(f"{each.name}: {each.violations:,} violations")
    for queue in made.facts.queues:
        if queue.draw is not None and queue.draw.wrong:
            write_line(f"draw of {queue.id}: {queue.draw.wrong:,} places have another number")
    if not made.facts.holds:
        raise typer.Exit(1)
    write_line("everything adds up")


def check_report(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A closing report.")],
) -> None:
    """Check that a closing report was not changed.

    It is as this server has sealed it, or the exit code is 1.
    """
    try:
        if file.stat().st_size > FILE_MAX_BYTES:
            raise InputError(f"{file} is larger than a report is.")
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None

    async def look(stores: Stores) -> list[str]:
        return check(content, stores.settings.stores.secret_key)

    wrong = on_stores(look)
    for each in wrong:
        write_line(f"{file}: {each}")
    if wrong:
        raise typer.Exit(1)
    write_line(f"{file}: as this server has sealed it")

"""`yemae concerts export`: a concert of the server as a concert file."""

from pathlib import Path
from typing import Annotated

import typer

from yemae.back_office import concert_files
from yemae.cli.examples import examples
from yemae.cli.failures import InputError
from yemae.cli.queue import ConcertId, on_queue
from yemae.cli.screen import write_line


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        epilog=examples(
            "yemae concerts export small-hall",
            "yemae concerts export small-hall --output small-hall.toml",
        )
    )(export)


def export(
    concert: ConcertId,
    *,
    output: Annotated[
        Path | None, typer.Option(help="Write it to this file, which must not be there yet.")
    ] = None,
) -> None:
    """Write the concert file of a concert.

    It is as it was loaded last or changed in the console. Presale codes stay on the server:
    `keep_codes` stands for them. Comments of the file that was loaded are not kept, and neither is
    its poster's image.
    """
    text = on_queue(concert, lambda stores: concert_files.read(stores, concert))
    if output is None:
        write_line(text.rstrip("\n"))
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from None
    write_line(f"{concert} is in {output}")

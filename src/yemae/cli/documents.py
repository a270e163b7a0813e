"""`yemae openapi`: the API's description."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.cli.failures import InputError


def openapi(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of stdout.")
    ] = None,
) -> None:
    """Print openapi.json.

    The same that a server gives at /openapi.json.
    """
    # Only here, because no other command needs the whole API, which is a fifth of the start.
    from yemae.http.contract.docs_page import document_bytes  # noqa: PLC0415
    from yemae.http.operations import OPERATIONS  # noqa: PLC0415

    content = document_bytes(OPERATIONS)
    if output is None:
        sys.stdout.write(content.decode())
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from error


def add_to(app: typer.Typer) -> None:
    """Make it a command of the program."""
    app.command(epilog=examples("yemae openapi", "yemae openapi --output openapi.json"))(openapi)

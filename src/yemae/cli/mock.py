"""`yemae mock`: the API with example answers, for authors of clients."""

from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.serve.address import base_url, listen


def mock(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65_535)] = 8001,
) -> None:
    """Serve the API with example answers.

    Runs until Ctrl-C; needs no stores, keeps no data, and answers to any origin. Its address comes
    from these options alone, so that it stands beside a server that YEMAE_PORT moved.

    The header `Prefer` chooses another answer than the first; docs/mock.md has them all.
    """
    # Only here, because no other command needs the whole API, which is a fifth of the start.
    from yemae.http.contract.mock import serve_mock  # noqa: PLC0415

    with listen(host, port) as listener:
        url = base_url(listener)
        typer.echo(f"Mock API at {url}, explained at {url}/docs. Ctrl-C ends it.", err=True)
        serve_mock(listener)


def add_to(app: typer.Typer) -> None:
    """Make it a command of the program."""
    app.command(
        epilog=examples(
            "yemae mock --port 8001",
            "curl -H 'Authorization: Bearer x' localhost:8001/v1/wallet",
            "curl -H 'Prefer: code=410' -H 'Queue-Token: x' localhost:8001/v1/queue-tokens/me",
        )
    )(mock)

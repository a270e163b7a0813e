"""`yemae serve`: settings and options in, a running server out, every refusal one sentence."""

from pathlib import Path
from typing import Annotated

import typer

from yemae.cli.examples import examples
from yemae.serve.supervisor import serve as run_server
from yemae.settings import read_settings, unknown_variables
from yemae.store.failures import as_store_errors


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on [env: YEMAE_HOST, else 127.0.0.1].")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(help="Port to listen on [env: YEMAE_PORT, else 8000].", min=1, max=65_535),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Server processes [env: YEMAE_WORKERS, else one for each processor].",
            min=1,
            max=64,
        ),
    ] = None,
    domain: Annotated[
        str | None,
        typer.Option(
            help="Public name: Caddy in front, with HTTPS and certificates [env: YEMAE_DOMAIN]."
        ),
    ] = None,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Bring an older database up to date first.")
    ] = False,
    load: Annotated[
        list[Path] | None,
        typer.Option(help="Load a concert file first; may be given several times."),
    ] = None,
) -> None:
    """Run the server until Ctrl-C or SIGTERM.

    Without YEMAE_DATABASE_URL and YEMAE_VALKEY_URL it starts its own PostgreSQL and Valkey, with
    their data under YEMAE_DATA_DIR. Options come before variables.
    """
    options = {"host": host, "port": port, "workers": workers, "domain": domain}
    given = {name: value for name, value in options.items() if value is not None}
    settings = read_settings().replace(**given)
    for warning in unknown_variables():
        typer.echo(f"yemae: warning: {warning}", err=True)
    with as_store_errors():
        run_server(settings, migrate=migrate, concert_files=load or [])


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=examples("yemae serve --port 9000 --load examples/small-hall.toml"))(serve)

"""`yemae migrate`, `yemae schema`, `yemae erd`: the database's structure, changed and shown."""

import typer

from yemae.cli.examples import examples
from yemae.cli.screen import write_line
from yemae.cli.stores import store_settings
from yemae.schema import dump
from yemae.schema import erd as erd_page
from yemae.schema.migrate import upgrade


def migrate() -> None:
    """Bring the database to the newest schema.

    Prints the revisions that were applied. Safe to repeat, and to run on two nodes at once.
    """
    with store_settings(migrated=False) as settings:
        applied = upgrade(settings.stores.database_owner_url)
    for revision in applied:
        write_line(f"applied {revision}")
    if not applied:
        write_line("already current")


def schema() -> None:
    """Print the database's schema as SQL.

    The same schema always gives the same text.
    """
    with store_settings() as settings:
        write_line(dump.dump(settings.stores.database_owner_url).rstrip("\n"))


def erd() -> None:
    """Print the database's ER diagram.

    A Markdown page with a Mermaid diagram and the tables' comments.
    """
    with store_settings() as settings:
        write_line(erd_page.page(settings.stores.database_owner_url).rstrip("\n"))


def add_to(app: typer.Typer) -> None:
    """Make these commands of the program."""
    app.command(
        epilog=examples("yemae migrate", "YEMAE_DATABASE_URL=postgresql://db/yemae yemae migrate")
    )(migrate)
    app.command(epilog=examples("yemae schema > schema.sql"))(schema)
    app.command(epilog=examples("yemae erd > erd.md"))(erd)

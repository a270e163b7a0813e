"""A command imports what it needs: an operator who pauses a queue does not wait for the rest."""

import subprocess
import sys

import pytest

from yemae.cli import program
from yemae.cli.commands import MODULES

NOT_NEEDED = {
    "yemae.rehearsal.run",
    "yemae.simulation.run",
    "yemae.backups.folder",
    "yemae.serve.supervisor",
    "yemae.http.server.app",
}
SAID = "import sys; from yemae.cli import run; run({!r}); sys.stderr.write(' '.join(sys.modules))"


@pytest.mark.parametrize(
    "words",
    [["queue", "--help"], ["--no-color", "orders", "find", "--help"], ["sales", "--bad"]],
    ids=" ".join,
)
def test_a_command_does_not_import_what_others_need(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SAID.format(words)], capture_output=True, text=True, check=True
    )

    assert "yemae.cli.commands" in done.stderr.split()
    assert NOT_NEEDED.isdisjoint(done.stderr.split())


def test_each_command_is_where_the_list_says() -> None:
    def names(arguments: list[str]) -> list[str]:
        app = program(arguments)
        groups = [
            group.typer_instance.info.name
            for group in app.registered_groups
            if group.typer_instance
        ]
        return [
            *[
                command.name or command.callback.__name__
                for command in app.registered_commands
                if command.callback
            ],
            *map(str, groups),
        ]

    for name in MODULES:
        assert name in names([name])
    assert sorted(names([])) == sorted(MODULES)

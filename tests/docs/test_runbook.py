"""The runbook: every command in it exists, and those that need no other machine are carried out."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from cli.conftest import logs_as_before, named_stores, no_variables
from helpers.command import yemae
from helpers.pages import ROOT, blocks, read
from yemae.cli import program

__all__ = ["logs_as_before", "named_stores", "no_variables"]

PAGE = read("docs/runbook.md")
INLINE = re.compile(r"`(yemae [^`]+)`")
# Tried by tests of their own: they need a private server, a whole machine, or a fan inside.
ELSEWHERE = {"audit", "backup", "doctor", "rehearse", "restore", "revoke", "serve"}


def commands(text: str) -> Iterator[list[str]]:
    """The words of every `yemae` command in a text, in order."""
    for part in re.split(r"(```bash\n.*?```)", text, flags=re.DOTALL):
        if part.startswith("```bash"):
            lines = [line for block in blocks(part) for line in block.text.splitlines()]
        else:
            lines = INLINE.findall(part)
        yield from (shlex.split(line)[1:] for line in lines if line.startswith("yemae "))


COMMANDS = list(commands(PAGE))


def parse(words: list[str]) -> None:
    """Read a command line as the program does, without carrying it out."""
    command, rest = typer.main.get_command(program()), list(words)
    while hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context(words[0], rest)


def test_every_command_of_the_runbook_exists_with_its_options() -> None:
    assert len(COMMANDS) > 30
    for words in COMMANDS:
        parse(words)


@pytest.mark.parametrize("line", ["queue stop small-hall", "queue pause", "doctor --quick"])
def test_a_command_that_does_not_exist_is_found(line: str) -> None:
    with pytest.raises((KeyError, typer.TyperException)):
        parse(line.split())


@pytest.mark.usefixtures("named_stores")
def test_the_commands_of_the_runbook_do_their_work_in_its_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "examples" / "small-hall.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    # The page begins with the terminals of the sale day, when the concert is there.
    assert yemae("concerts", "load", "small-hall.toml").code == 0
    for words in COMMANDS:
        if not ELSEWHERE & set(words[:2]):
            # On a terminal it goes on until Ctrl-C.
            done = yemae(*words, *(["--once"] if "watch" in words else []))
            assert done.code == 0, f"yemae {shlex.join(words)}: {done.err}"


def test_every_failure_of_operations_has_its_line() -> None:
    section = read("docs/operations.md").partition("\n## Failures\n")[2].partition("\n### ")[0]
    failures = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)[1:]
    assert len(failures) >= 8
    for failure in failures:
        known = next((name for name in LINES if name in failure), None)
        assert known is not None, f"the runbook has no line for: {failure}"
        assert f"| [{LINES[known]}](#" in PAGE


# What a failure is called in docs/operations.md, and in the runbook.
LINES = {
    "server process": "A server process",
    "whole machine": "A node",
    "node of several": "A node",
    "Valkey's data": "Valkey's data",
    "Valkey": "Valkey",
    "PostgreSQL": "PostgreSQL",
}

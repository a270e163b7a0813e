"""The command line: `yemae <command>`, also as `python -m yemae`.

What scripts may rely on: results on stdout, everything else on stderr. Exit code 0 is done, 2 is
bad input, 1 is trouble around us (a store, the disk, an address), 130 is Ctrl-C. Trouble is one
sentence that begins with `yemae:`, never a traceback; a traceback is a fault of ours.
"""

import io
import os
import sys
from collections.abc import Iterable
from typing import Annotated, NoReturn

import typer

from yemae.cli import screen, version
from yemae.cli.commands import add_commands
from yemae.cli.examples import examples
from yemae.cli.failures import INTERRUPTED, explain
from yemae.values.text import printable


def program(arguments: Iterable[str] = ()) -> typer.Typer:
    """The whole program; with arguments, only what they call."""
    app = typer.Typer(
        name="yemae",
        help="Server for concert on-sales: a waiting room, seat holds, a wallet and payment.",
        epilog=examples(
            "yemae serve --load examples/small-hall.toml",
            "yemae concerts list",
            "yemae queue watch small-hall",
            "yemae tokens issue --count 1000 > tokens.txt",
        ),
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        # Help as plain text: as Rich markup, "[env: YEMAE_PORT]" would be an unknown color.
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(every_command)
    add_commands(app, arguments)
    return app


def every_command(
    *,
    _version: version.AsOption = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Write without colors, as NO_COLOR=1 does.")
    ] = False,
) -> None:
    """Take the options that every command has."""
    if no_color:
        screen.without_color()


def main() -> NoReturn:
    """Run one command and end the process with its exit code."""
    _read_names_as_utf8()
    for stream in (sys.stdout, sys.stderr):
        # What the terminal's encoding lacks is written as \\uXXXX rather than not at all.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def _read_names_as_utf8() -> None:
    """Begin again in UTF-8 mode where the locale is in another encoding: names of files are bytes
    that everything else here takes for UTF-8. What is written keeps the locale's encoding."""
    if sys.flags.utf8_mode or sys.getfilesystemencoding() == "utf-8":
        return
    output = os.environ.get("PYTHONIOENCODING") or f"{sys.stdout.encoding}:backslashreplace"
    os.environ |= {"PYTHONUTF8": "1", "PYTHONIOENCODING": output}
    os.execv(sys.executable, [sys.executable, "-P", "-m", "yemae", *sys.argv[1:]])  # noqa: S606


def run(arguments: list[str]) -> int:
    """Run one command. Returns the exit code; raises only what is a fault of ours."""
    try:
        code = program(arguments)(arguments or ["--help"], prog_name="yemae", standalone_mode=False)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        failure = explain(error)
        if failure is None:
            raise
        sys.stdout.flush()
        sys.stderr.write(f"yemae: {printable(failure.sentence)}\n")
        return failure.code
    return code if isinstance(code, int) else 0

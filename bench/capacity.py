"""What the results files say for docs/capacity.md and `yemae simulate`; `make bench-page` runs it.

The figures of a simulation and the tables of the page come from the same files as
docs/benchmarks.md, and the examples of the page are what the command prints with them. A test fails
when one is older than the files.
"""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.results import RESULTS, ROOT
from yemae.simulation import figures
from yemae.simulation.figures import Cost, Figures

FIGURES = figures.DEFAULTS
# The first file that has a row counts: a hot path is a whole sale.
FILES = ("hot-path.json", "queue.json")
EXAMPLE = re.compile(r"(```sh\n(yemae simulate [^`]*?)```\n\n```text\n)(.*?)(```\n)", re.DOTALL)
TABLE = re.compile(r"(<!-- figures -->\n)(.*?)(<!-- end of figures -->\n)", re.DOTALL)


class Words(NamedTuple):
    """The texts of the table in one language."""

    page: Path
    headings: tuple[str, ...]
    rows: tuple[str, ...]
    memory: str


ENGLISH = Words(
    ROOT / "docs" / "capacity.md",
    ("Request", "Row", "Per core of the server", "Per core of PostgreSQL", "Per core of Valkey"),
    (
        "join", "poll", "list of 50 seats", "list of 15,000 seats", "hold", "top-up", "payment",
    ),
    "Measured on {machine}, commit `{commit}`. A fan in line takes {memory:.0f} bytes in Valkey: "
    "{thousands:.1f} MB for 100,000 fans.",
)  # fmt: skip
KOREAN = Words(
    ROOT / "docs" / "capacity.ko.md",
    ("요청", "행", "서버 코어 하나당", "PostgreSQL 코어 하나당", "Valkey 코어 하나당"),
    ("줄 서기", "폴링", "좌석 50석 목록", "좌석 15,000석 목록", "선점", "충전", "결제"),
    "{machine}에서 커밋 `{commit}`을 측정했습니다. 줄을 선 팬 한 명이 Valkey에서 "
    "{memory:.0f}바이트를 쓰므로, 100,000명이면 {thousands:.1f} MB입니다.",
)


def measured(folder: Path = RESULTS) -> Figures:
    """The figures of the results files."""
    return figures.read((folder / name for name in FILES), Figures({}, 0.0, "", ""))


def table(found: Figures, words: Words) -> str:
    """How many requests one core answers in a second."""
    lines = [f"| {' | '.join(words.headings)} |", "|---|---|--:|--:|--:|"]
    for name, label in zip(figures.ROWS, words.rows, strict=True):
        cells = " | ".join(map(_per_s, msgspec.structs.astuple(found.costs.get(name, Cost()))))
        lines.append(f"| {label} | `{name}` | {cells} |")
    memory = words.memory.format(
        machine=found.machine,
        commit=found.commit[:12],
        memory=found.bytes_per_fan,
        thousands=found.bytes_per_fan / 10,
    )
    return "\n".join([*lines, "", memory, ""])


def page(text: str, found: Figures, words: Words, printed: Sequence[str]) -> str:
    """The page with the table of these figures, and with what its examples print."""
    outputs = iter(printed)
    text = TABLE.sub(lambda match: match[1] + table(found, words) + match[3], text)
    return EXAMPLE.sub(lambda match: match[1] + next(outputs) + match[4], text)


def examples(text: str) -> list[str]:
    """The commands of the page whose outputs it shows."""
    return [match[2].replace("\\\n", " ") for match in EXAMPLE.finditer(text)]


def run(command: str) -> str:
    """What a command prints, without the settings of this environment."""
    environ = {name: it for name, it in os.environ.items() if not name.startswith("YEMAE_")}
    done = subprocess.run(
        [sys.executable, "-m", *command.split()],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def write() -> None:
    """Write the figures, then both pages."""
    found = measured()
    FIGURES.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    printed = [run(command) for command in examples(ENGLISH.page.read_text(encoding="utf-8"))]
    for words in (ENGLISH, KOREAN):
        text = words.page.read_text(encoding="utf-8")
        words.page.write_text(page(text, found, words, printed), encoding="utf-8")


def _per_s(microseconds: float) -> str:
    if not microseconds:
        return "–"
    # Three digits are more than a bench knows.
    rate = 1e6 / microseconds
    digits = 10 ** max(0, len(str(int(rate))) - 3)
    return f"{round(rate / digits) * digits:,}"

"""What requests cost, as `make bench` and `make bench-queue` measured it.

`figures.json` has what is needed of the results files of this version: `make bench-page` writes it
together with docs/benchmarks.md, so both say the same.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from yemae.values.troubles import BadInputError

DEFAULTS = Path(__file__).with_name("figures.json")
# The rows of the results files that a simulation needs.
ROWS = ("join", "poll", "seats_50", "seats_15000", "hold_distinct", "top_up", "pay")
BYTES_PER_FAN = "bytes_per_fan"
FILE_MAX_BYTES = 5_000_000


class FiguresError(BadInputError):
    """A results file cannot be used; the text is one sentence."""


class Cost(msgspec.Struct, frozen=True):
    """The processor time of one answer, in microseconds: of the server's processes, of PostgreSQL
    and of Valkey."""

    server_us: float = 0.0
    postgres_us: float = 0.0
    valkey_us: float = 0.0


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What requests cost, by the name of the bench's row, and where that was measured."""

    costs: dict[str, Cost]
    # Valkey's memory for one fan in line.
    bytes_per_fan: float
    machine: str
    commit: str


class _Row(msgspec.Struct, frozen=True):
    name: str
    server_us: float = 0.0
    postgres_us: float = 0.0
    valkey_us: float = 0.0
    value: float | None = None


class _Results(msgspec.Struct, frozen=True):
    bench: str
    rows: list[_Row]
    machine: dict[str, str | int]
    commit: str


def defaults() -> Figures:
    """The figures of this version."""
    return msgspec.json.decode(DEFAULTS.read_bytes(), type=Figures)


def read(paths: Iterable[Path], known: Figures) -> Figures:
    """The figures of results files; what they don't have stays as it is known. Of a row that
    several files have, the first one counts. Raises FiguresError."""
    files = [_read(path) for path in paths]
    if not files:
        return known
    rows = {row.name: row for file in reversed(files) for row in file.rows}
    costs = {
        name: Cost(row.server_us, row.postgres_us, row.valkey_us)
        for name, row in rows.items()
        if name in ROWS and row.server_us
    }
    memory = rows.get(BYTES_PER_FAN)
    if not costs and memory is None:
        raise FiguresError(f"The results files have none of the rows {', '.join(ROWS)}.")
    machine = files[0].machine
    return Figures(
        {**known.costs, **costs},
        known.bytes_per_fan if memory is None or not memory.value else memory.value,
        f"{machine.get('cpu', 'unknown')}, {machine.get('cores', '?')} cores",
        files[0].commit,
    )


def _read(path: Path) -> _Results:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(FILE_MAX_BYTES), type=_Results)
    except OSError as error:
        raise FiguresError(f"{path}: cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FiguresError(f"{path}: not a results file of a bench: {error}.") from error

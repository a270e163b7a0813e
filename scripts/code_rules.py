"""Rules of style that no linter has; `make check` runs it.

A file has at most 300 lines, but for the exceptions listed here with their reasons, and a class
name stands for one thing in the whole package. Every breach is printed; the exit code is then 1.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "bench", "scripts", "web/src")
SUFFIXES = {".css", ".js", ".lua", ".py", ".sql", ".svelte", ".ts"}
LINES_MAX = 300
# Made by commands, not written.
GENERATED = ("src/yemae/page/", "src/yemae/schema/schema.sql", "web/src/api/schema.d.ts")
LONGER = {
    "scripts/configuration.py": "a sentence for each setting",
    "src/yemae/http/operator/queues.py": "every operation that controls a queue",
    "src/yemae/store/cluster.py": "one client, whose parts share its state",
    "tests/base/test_batching.py": "every test uses the same fake verb",
    "tests/concerts/files/test_concert_file_refusals.py": "a table with one row for each refusal",
    "tests/concerts/seat_map/test_availability.py": "every test watches with two processes",
    "tests/embedded/test_private_stores.py": "every test starts and stops the same two servers",
    "tests/http/fan/test_availability.py": "the stream is compared with the bitmap",
    "tests/http/fan/test_queue_states.py": "one queue goes through all of its states",
    "tests/http/operator/test_queues.py": "every control is tested with the same small sale",
    "tests/http/server/test_connection.py": "every test speaks to a server over the same socket",
    "web/src/fan/i18n/problems.ts": "a table with the texts of each problem in two languages",
}


def main() -> str:
    """The breaches of all rules, one a line."""
    files = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sources()}
    return "\n".join([*too_long(files), *names_of_two_things(files)])


def sources() -> Iterator[Path]:
    """Every file of source code that is written by hand."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in SUFFIXES and not name.startswith(GENERATED):
                yield path


def too_long(files: dict[str, str]) -> Iterator[str]:
    """Files over the maximum that are not listed."""
    lines = {name: text.count("\n") for name, text in files.items()}
    for name, count in lines.items():
        if count > LINES_MAX and name not in LONGER:
            yield f"{name}: {count} lines; the maximum is {LINES_MAX}"


def names_of_two_things(files: dict[str, str]) -> Iterator[str]:
    """Class names that more than one module of the package defines."""
    modules = defaultdict(list)
    for name, text in files.items():
        if name.startswith("src/") and name.endswith(".py"):
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef):
                    modules[node.name].append(name)
    for class_name, names in modules.items():
        if len(names) > 1:
            yield f"class {class_name}: defined in {', '.join(names)}"


if __name__ == "__main__":
    sys.exit(main() or 0)

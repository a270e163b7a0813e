"""Rules of style that no linter has; `make check` runs it.

A file has at most 300 lines, except those listed here with their reasons; a class name stands for
one thing in the whole package; and some words do not occur, in prose or in names, because a plainer
one says who or how many. Every breach is printed; the exit code is then 1.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "tests", "bench", "scripts", "web/src")
SUFFIXES = {".css", ".js", ".lua", ".py", ".sql", ".svelte", ".ts"}
LINES_MAX = 300
# Made by commands, not written.
GENERATED = (
    "src/yemae/page/",
    "src/yemae/console_page/",
    "src/yemae/schema/schema.sql",
    "web/src/api/schema.d.ts",
)
# Each with its reason.
LONGER: dict[str, str] = {}

# Name the fan, caller, operator or client, and the number or the time. Also as parts of a name. One
# reason of a seat block is `house`, which is no other word for us.
WORDS = re.compile(
    r"(?<![a-z])(nobody|somebody|whoever|told|so[ _]many|so[ _]long|the[ _]house|houses)(?![a-z])",
    re.IGNORECASE,
)
# A revision of the schema is never edited, and this file has the words themselves.
EXEMPT = ("src/yemae/schema/migrations/versions/", "scripts/code_rules.py")


def main() -> str:
    """The breaches of all rules, one a line."""
    files = {path.relative_to(ROOT).as_posix(): path.read_text() for path in sources()}
    return "\n".join([*too_long(files), *names_of_two_things(files), *vague_words(files)])


def sources() -> Iterator[Path]:
    """Every file of source code that is written by hand."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in SUFFIXES and not name.startswith(GENERATED):
                yield path


def too_long(files: dict[str, str]) -> Iterator[str]:
    """Files over the maximum that are not listed, and listed ones that are not over it."""
    lines = {name: text.count("\n") for name, text in files.items()}
    for name, count in lines.items():
        if count > LINES_MAX and name not in LONGER:
            yield f"{name}: {count} lines; the maximum is {LINES_MAX}"
    for name in LONGER:
        if lines.get(name, 0) <= LINES_MAX:
            yield f"{name}: not over {LINES_MAX} lines; remove it from scripts/code_rules.py"


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


def vague_words(files: dict[str, str]) -> Iterator[str]:
    """Lines of code that have one of WORDS."""
    for name, text in files.items():
        if not name.startswith(EXEMPT):
            for number, line in enumerate(text.splitlines(), 1):
                if found := WORDS.search(line):
                    yield f"{name}:{number}: {found[0]!r}; say who, or how many"


if __name__ == "__main__":
    sys.exit(main() or 0)

"""Rules of the migrations: what servers of the version before still use is not taken from them.

`make check` runs it. The first line of each revision says what kind it is:

    -- expand: <what it adds, and why>
    -- contract, unused since 0.2.0: <what it removes>

An expand revision removes, renames and tightens nothing; a check may be dropped in the statement
that adds it again, wider, and a foreign key may go, because what is written with it can be written
without it. A contract revision names a released version, the first that does not use the thing any
more, and raises `oldest_program`, so that a program older than that does not start on the new
schema. Every breach is printed; the exit code is then 1.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ROOT / "src" / "yemae" / "schema" / "migrations" / "versions"
# Revisions before this one are older than the rule.
FIRST = "0016"

EXPAND = re.compile(r"-- expand: \S")
CONTRACT = re.compile(r"-- contract, unused since (?P<version>\d+\.\d+\.\d+): \S")
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+)", re.MULTILINE)
RAISED = re.compile(r"update alembic_version set oldest_program = '(\d{4})'")
COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
TEXTS = re.compile(r"'(?:[^']|'')*'")
PARENTHESES = re.compile(r"\([^()]*\)")
# What a server of the version before notices, and how it is found in SQL without its comments.
BREAKING = {
    "drops": re.compile(r"\bdrop (?!not null\b|index\b|constraint \w+_fkey\b)(\w+)"),
    "renames": re.compile(r"\brename\b"),
    "changes a type": re.compile(r"\balter (?:column )?(?!table\b)\S+ (?:set data )?type\b"),
    "sets not null": re.compile(r"\bset not null\b"),
    "adds a column that is not null and has no default": re.compile(
        r"\badd (?:column )?(?!constraint\b)\w[^,;]*\bnot null\b[^,;]*"
    ),
}
# A check in the place of another of the same name.
REPLACED = re.compile(r"\bdrop constraint (\w+) ?, ?add constraint \1 check\b")
HAS_VALUE = re.compile(r"\b(?:default|generated)\b")


def main() -> str:
    """The breaches of all revisions, one a line."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    files = {path.stem: path.read_text(encoding="utf-8") for path in VERSIONS.glob("*.sql")}
    return "\n".join(breaches(files, RELEASE.findall(changelog)))


def breaches(files: dict[str, str], released: list[str]) -> Iterator[str]:
    """What is wrong with each revision, by the name of its file."""
    for name, sql in sorted(files.items()):
        if name[:4] < FIRST:
            continue
        header = sql.partition("\n")[0]
        if EXPAND.match(header):
            for found in breaking(sql):
                yield f"{name}: {found}; only a contract revision may"
        elif contract := CONTRACT.match(header):
            yield from (f"{name}: {fault}" for fault in faults(name, sql, contract, released))
        else:
            yield f"{name}: begins with neither `-- expand: …` nor `-- contract, unused since …: …`"


def breaking(sql: str) -> Iterator[str]:
    """Everything in it that a server of the version before notices."""
    text = REPLACED.sub("", plain(sql))
    for what, pattern in BREAKING.items():
        for found in pattern.finditer(text):
            if what.endswith("no default") and HAS_VALUE.search(found[0]):
                continue
            yield f"{what}: `{found[0]}`"


def faults(name: str, sql: str, contract: re.Match[str], released: list[str]) -> Iterator[str]:
    """What a contract revision lacks."""
    if contract["version"] not in released:
        yield f"{contract['version']} is no release of CHANGELOG.md: servers may still use it"
    raised = RAISED.search(" ".join(sql.lower().split()))
    if raised is None or not raised[1] < name[:4]:
        yield "does not raise alembic_version.oldest_program to the newest revision of that release"


def plain(sql: str) -> str:
    """The statements in lower case, without comments, texts and parentheses, words one space
    apart."""
    bare = TEXTS.sub("''", COMMENTS.sub(" ", sql))
    text = " ".join(bare.lower().replace('"', "").split())
    while (inner := PARENTHESES.sub("", text)) != text:
        text = inner
    return text


if __name__ == "__main__":
    sys.exit(main() or 0)

"""Named SQL: each noun keeps its statements in a queries.sql beside its code.

A statement starts at a line `-- name: verb_noun`; the comment lines after it say why. Comments are
stripped, because the driver would read a % in them. A name that does not exist fails when the
module that wants it is imported.
"""

import re
from pathlib import Path

NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
COMMENT = re.compile(r"^\s*--.*$\n?", re.MULTILINE)


def load_queries(module_file: str, name: str = "queries.sql") -> dict[str, bytes]:
    """Read the SQL file beside a module: name → statement, ready for the driver."""
    text = Path(module_file).with_name(name).read_text(encoding="utf-8")
    parts = NAME.split(text)[1:]
    names, bodies = parts[::2], parts[1::2]
    assert len(set(names)) == len(names), f"a query is named twice beside {module_file}"
    return {
        name: COMMENT.sub("", body).strip().rstrip(";").encode()
        for name, body in zip(names, bodies, strict=True)
    }

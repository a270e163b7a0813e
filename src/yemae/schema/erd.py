"""The entity-relationship diagram, read from a live database: Mermaid, then the comments.

Tables, columns, keys and comments come from PostgreSQL's catalogue, so the page cannot say anything
that the schema does not.
"""

from collections import defaultdict
from typing import NamedTuple

import psycopg
from psycopg.rows import class_row

from yemae.schema.dump import BOOKKEEPING
from yemae.store.address import blocking_options_of
from yemae.store.queries import load_queries

QUERIES = load_queries(__file__, "erd.sql")

HEAD = """\
# The database

Made from the live schema by `make docs` (`yemae erd`), never edited; a test proves that it is
current. PK is the primary key, FK refers to another table, UK is unique by itself. The whole truth,
with every check and index, is [`schema.sql`](../src/yemae/schema/schema.sql).
"""
# Mermaid takes one word; these are PostgreSQL's short names.
SHORT = {"timestamp with time zone": "timestamptz", "character varying": "varchar"}


class Column(NamedTuple):
    """A column; `comment` is empty where there is none."""

    table: str
    name: str
    type: str
    nullable: bool
    primary: bool
    foreign: bool
    unique: bool
    comment: str


class Reference(NamedTuple):
    """A foreign key: rows of `child` refer to rows of `parent`."""

    parent: str
    child: str
    columns: list[str]
    nullable: bool
    # Whether at most one child refers to the same parent.
    unique: bool


class Comment(NamedTuple):
    """What is written beside a table."""

    table: str
    comment: str


def page(database_url: str) -> str:
    """The whole page as Markdown."""
    with psycopg.connect(database_url, **blocking_options_of(database_url)) as connection:
        params = {"bookkeeping": BOOKKEEPING}
        columns = connection.cursor(row_factory=class_row(Column)).execute(
            QUERIES["columns"], params
        )
        listed = columns.fetchall()
        references = connection.cursor(row_factory=class_row(Reference)).execute(
            QUERIES["references"], params
        )
        comments = connection.cursor(row_factory=class_row(Comment)).execute(
            QUERIES["table_comments"], params
        )
        return "\n".join(
            [
                HEAD,
                *_diagram(listed, references.fetchall()),
                *_comments(listed, comments.fetchall()),
            ]
        )


def _diagram(columns: list[Column], references: list[Reference]) -> list[str]:
    lines = ["```mermaid", "erDiagram"]
    for reference in references:
        parent = "|o" if reference.nullable else "||"
        child = "o|" if reference.unique else "o{"
        label = ", ".join(reference.columns)
        lines.append(f'    {reference.parent} {parent}--{child} {reference.child} : "{label}"')
    for table, own in _by_table(columns).items():
        lines.append(f"    {table} {{")
        lines += [f"        {_attribute(column)}" for column in own]
        lines.append("    }")
    return [*lines, "```", ""]


def _attribute(column: Column) -> str:
    keys = [
        word
        for word, has in (("PK", column.primary), ("FK", column.foreign), ("UK", column.unique))
        if has
    ]
    words = [_short(column.type), column.name, ", ".join(keys)]
    if column.nullable:
        words.append('"may be null"')
    return " ".join(word for word in words if word)


def _short(type_name: str) -> str:
    base = type_name.removesuffix("[]")
    return SHORT.get(base, base).replace(" ", "_") + type_name[len(base) :]


def _comments(columns: list[Column], comments: list[Comment]) -> list[str]:
    """The tables' comments, then the columns' in plan order."""
    lines = ["## What the tables and columns mean", "", "| Name | Meaning |", "|---|---|"]
    about = {comment.table: comment.comment for comment in comments}
    for table, own in _by_table(columns).items():
        if table in about:
            lines.append(_line(f"**{table}**", about[table]))
        lines += [
            _line(f"{table}.{column.name}", column.comment) for column in own if column.comment
        ]
    return [*lines, ""]


def _line(name: str, text: str) -> str:
    return f"| {name} | {' '.join(text.split()).replace('|', '&#124;')} |"


def _by_table(columns: list[Column]) -> dict[str, list[Column]]:
    tables: dict[str, list[Column]] = defaultdict(list)
    for column in columns:
        tables[column.table].append(column)
    return tables

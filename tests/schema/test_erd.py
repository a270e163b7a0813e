"""docs/erd.md is what the migrated database says, in the order and the words of the schema."""

import psycopg

from helpers.pages import ROOT
from yemae.schema import erd

COMMITTED = ROOT / "docs" / "erd.md"


def test_the_committed_page_is_what_the_database_says(database_url: str) -> None:
    assert erd.page(database_url) == COMMITTED.read_text(encoding="utf-8"), "type `make docs`"


def test_keys_references_and_comments_are_drawn(empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(
            """
            create table parents (id int primary key, code text unique, tags text[]);
            create table many (id int primary key, parent_id int not null references parents);
            create table maybe (id int primary key, parent_id int references parents);
            create table single (parent_id int primary key references parents, at timestamptz);
            comment on table parents is 'a | b';
            comment on column single.at is 'when';
            """
        )
    page = erd.page(empty_database_url)
    assert '    parents ||--o{ many : "parent_id"\n' in page
    assert '    parents |o--o{ maybe : "parent_id"\n' in page
    assert '    parents ||--o| single : "parent_id"\n' in page
    assert '        text code UK "may be null"\n' in page
    assert '        text[] tags "may be null"\n' in page
    assert "        integer parent_id PK, FK\n" in page
    assert '        timestamptz at "may be null"\n' in page
    assert "| **parents** | a &#124; b |\n" in page
    assert "| single.at | when |\n" in page

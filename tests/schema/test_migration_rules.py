"""The check of the migrations refuses each thing that breaks servers of the version before."""

import subprocess
import sys

import pytest

from helpers.pages import ROOT
from scripts.migration_rules import breaches, main

RELEASED = ["0.2.0", "0.1.0"]
EXPAND = "-- expand: more\n"
CONTRACT = "-- contract, unused since 0.2.0: seats.colour\n"
RAISE = "update alembic_version set oldest_program = '0019';\n"


def said(sql: str, name: str = "0020_more") -> list[str]:
    return list(breaches({name: sql}, RELEASED))


def test_the_revisions_of_this_version_keep_the_rule() -> None:
    assert main() == ""


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("alter table seats drop column colour;", "drops: `drop column`"),
        ("ALTER TABLE seats\n  DROP colour;", "drops: `drop colour`"),
        ("drop table /* empty by now */ seats;", "drops: `drop table`"),
        ("drop trigger seats_are_kept on seats;", "drops: `drop trigger`"),
        ("alter table seats drop constraint colour_check;", "drops: `drop constraint`"),
        (
            "alter table seats drop constraint colour_check, add constraint a check (a > 0);",
            "drops: `drop constraint`",
        ),
        ("alter table seats alter column colour drop default;", "drops: `drop default`"),
        ("alter table seats rename column colour to color;", "renames: `rename`"),
        ("alter table seats rename to chairs;", "renames: `rename`"),
        ("alter table seats alter column row type bigint;", "changes a type"),
        ('alter table seats alter "row" set data type bigint;', "changes a type"),
        ("alter table seats alter colour set not null;", "sets not null"),
        ("alter table seats add column colour text not null;", "adds a column"),
        ("alter table seats add colour numeric(4, 2) check (colour > 0) not null;", "adds a"),
        (
            "alter table seats add a int not null default 0, add column b int not null;",
            "adds a column",
        ),
    ],
)
def test_an_expand_revision_that_breaks_the_version_before_is_refused_by_name(
    statement: str, what: str
) -> None:
    (breach,) = said(EXPAND + statement)
    assert breach.startswith(f"0020_more: {what}")
    assert breach.endswith("only a contract revision may")


@pytest.mark.parametrize(
    "statement",
    [
        "alter table seats drop constraint seats_performance_key_fkey;",
        "-- The next release will drop column colour.\ncreate table more (id int not null);",
        "alter table seats add column colour text;",
        "alter table seats add column colour text not null default 'red';",
        "alter table seats add column id bigint not null generated always as identity;",
        "alter table seats alter column colour drop not null;",
        "drop index seats_by_colour;",
        "alter table seats add constraint seats_colour_check check (colour <> '') not valid;",
        "create type colour as enum ('red');",
        "alter table seats drop constraint colour_check,\n"
        "add constraint colour_check check (colour in ('red', 'blue')) not valid;",
        "comment on column seats.colour is 'Fans'' own; we drop it, and rename it, later.';",
    ],
)
def test_an_expand_revision_may_add_and_loosen(statement: str) -> None:
    assert said(EXPAND + statement) == []


def test_a_contract_revision_may_remove_what_no_released_version_uses() -> None:
    assert said(CONTRACT + RAISE + "alter table seats drop column colour;") == []


def test_a_contract_revision_names_a_release_and_raises_the_oldest_program() -> None:
    drop = "alter table seats drop column colour;\n"
    assert said(CONTRACT.replace("0.2.0", "0.3.0") + RAISE + drop) == [
        "0020_more: 0.3.0 is no release of CHANGELOG.md: servers may still use it"
    ]
    missing = "does not raise alembic_version.oldest_program to the newest revision of that release"
    for raised in ("", RAISE.replace("0019", "0020")):
        assert said(CONTRACT + drop + raised) == [f"0020_more: {missing}"]


@pytest.mark.parametrize("header", ["", "-- More.\n", "-- expand:\n", "-- contract: colour\n"])
def test_a_revision_without_its_kind_is_refused(header: str) -> None:
    (breach,) = said(header + "create table more (id int);")
    assert breach.startswith("0020_more: begins with neither")


def test_revisions_before_the_rule_are_left_alone() -> None:
    assert said("drop table seats;", "0015_old") == []


def test_the_command_of_make_check_ends_with_0_without_a_breach() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "migration_rules.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

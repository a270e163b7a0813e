"""A setting of a queue is in three places: the struct, its row in the docs, the code that reads it.

Everything else follows from the struct, which is tried here for each of its fields.
"""

import ast
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

import yemae
from helpers.concerts import GOOD, HALL, concert, load_concert
from helpers.pages import read as read_page
from yemae.back_office import queue_control, queue_report
from yemae.concerts.files.concert_file import parse
from yemae.concerts.queue_settings import KINDS, NAMES, CurrentSettings, QueueSettings, read, stored
from yemae.runtime import Runtime
from yemae.settings import Settings

SOURCE = Path(yemae.__file__).parent
FIELDS = {field.name: field for field in msgspec.structs.fields(QueueSettings)}
# These decide what an operator sees and sets, not what happens to a fan.
SHOWN_ONLY = ("back_office", "cli", "http/operator")


def bounds(name: str) -> list[int]:
    """The limits of a number."""
    metas = getattr(FIELDS[name].type, "__metadata__", ())
    return [bound for meta in metas for bound in (meta.ge, meta.le)]


def other(name: str) -> Any:
    """A value that the setting may have and does not have by default."""
    default, kind = FIELDS[name].default, KINDS[name]
    if get_origin(kind) is Literal:
        return next(word for word in get_args(kind) if word != default)
    return not default if kind is bool else next(it for it in bounds(name) if it != default)


def test_every_setting_but_the_two_oldest_has_a_default() -> None:
    required = {name for name, field in FIELDS.items() if field.required}
    assert required == {"active_limit", "admit_per_minute"}, "concerts in the database lack it"


@pytest.mark.parametrize("page", ["docs/concert-file.md", "docs/concert-file.ko.md"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_has_its_row_in_the_docs(page: str, name: str) -> None:
    found = rf"^\| `queue\.{name}` \| (.+?) \| (.*?) ?\| (.+) \|$"
    row = re.search(found, read_page(page), re.MULTILINE)
    assert row, f"{page} has no row for queue.{name}"
    limits, default, meaning = row.groups()
    field = FIELDS[name]
    shown = "" if field.required else f"`{msgspec.json.encode(field.default).decode()}`"
    assert default == shown
    for bound in bounds(name):
        assert f"{bound:,}" in limits
    assert len(meaning) > 10


@cache
def read_by_the_sale() -> set[str]:
    """The attributes that any file of the sale names."""
    files = [
        path
        for path in SOURCE.rglob("*.py")
        if not path.relative_to(SOURCE).as_posix().startswith((*SHOWN_ONLY, "concerts"))
    ]
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("name", FIELDS)
def test_a_setting_is_read_by_the_sale(name: str) -> None:
    assert name in read_by_the_sale(), f"nothing in the sale reads {name}"


@pytest.mark.parametrize("name", FIELDS)
def test_a_file_may_say_it(name: str) -> None:
    line = f"{name} = {msgspec.json.encode(other(name)).decode()}"
    text = re.sub(rf"(?m)^{name} = .*\n", "", GOOD).replace("[queue]\n", f"[queue]\n{line}\n", 1)
    assert getattr(parse(text, "x.toml").queue, name) == other(name)


@pytest.mark.parametrize("name", FIELDS)
async def test_a_file_s_setting_holds_until_an_operator_sets_another(
    runtime: Runtime, settings: Settings, name: str
) -> None:
    wanted = concert()
    queue = msgspec.structs.replace(wanted.queue, **{name: other(name)})
    await load_concert(settings, msgspec.structs.replace(wanted, queue=queue))
    await runtime.catalogue.refresh()
    assert getattr(runtime.catalogue.concert(HALL), name) == other(name)
    usual = getattr(wanted.queue, name)
    await queue_control.change(runtime, HALL, "op", {name: usual})
    report = await queue_report.report(runtime, HALL)
    assert (getattr(report.settings, name), report.set_by_operator) == (usual, [name])
    await queue_control.change(runtime, HALL, "op", {name: None})
    assert getattr((await queue_report.report(runtime, HALL)).settings, name) == other(name)


def test_what_the_database_keeps_is_read_again() -> None:
    opens = parse(GOOD, "x.toml").sale_opens_at
    values = {name: other(name) for name in FIELDS} | {
        "sale_opens_at": opens,
        "prequeue_opens_at": opens - timedelta(microseconds=1),
        "message_ko": "곧",
    }
    kept = msgspec.json.decode(stored({**values, "message_until": None}))
    assert read({**kept, "of a later version": 1}) == values
    assert list(read(kept)) == [name for name in NAMES if name in values]
    assert CurrentSettings(**values).message_until is None

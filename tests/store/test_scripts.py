"""A script and its declaration in Python have the same names, or the process does not start."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from yemae.settings import Settings
from yemae.store.scripts import Script, ScriptError, ScriptRow, script
from yemae.store.valkey import Valkey

KEYS = ("first", "rest...")
LUA = """-- Adds to counters.
-- KEYS:
--   first    the main counter
--   rest...  any number of others
-- ARGUMENTS:
--   by.factor
--   by.times   how often
--   is_double  whether to add
--     everything twice
-- FOR EACH:
--   name
--   amount
-- RETURNS FOR EACH:
--   name
--   total    after adding
for name, amount in each() do
  local more = amount * by.factor * by.times * (is_double and 2 or 1)
  for _, key in ipairs(REST) do redis.call('INCRBY', key, more) end
  add{total = redis.call('INCRBY', FIRST, more), name = name}
end
return answer
"""
REPLY = """-- RETURNS:
--   word
--   total
return reply{word = 'counted', total = 1}
"""


class By(NamedTuple):
    """A table of arguments."""

    times: int
    factor: int


class Counted(ScriptRow):
    """What goes in for each."""

    amount: int
    name: str


class Total(ScriptRow):
    """What comes out for each."""

    name: str
    total: int


class Reply(NamedTuple):
    """A single answer."""

    total: int
    word: str


def adding_lua(*, by: By, is_double: bool, each: Sequence[Counted]) -> list[Total]:
    raise NotImplementedError


def reply_lua() -> Reply:
    raise NotImplementedError


Declare = Callable[..., Script[..., Any]]


@pytest.fixture
def declare(tmp_path: Path) -> Declare:
    """Loads a script with the given text."""
    (tmp_path / "lua").mkdir()

    def load(declared: Callable[..., Any], text: str, keys: Sequence[str] = ()) -> Script[..., Any]:
        name = declared.__name__.removesuffix("_lua")
        (tmp_path / "lua" / f"{name}.lua").write_text(text)
        return script(str(tmp_path / "noun.py"), keys)(declared)

    return load


async def test_names_bind_whatever_their_order(settings: Settings, declare: Declare) -> None:
    adding = declare(adding_lua, LUA, KEYS)
    valkey = Valkey(settings)
    try:
        rows = [Counted(1, "one"), Counted(2, "two")]
        call = adding(each=rows, is_double=True, by=By(times=5, factor=3))
        assert await valkey.run(call, ["{k}1", "{k}2", "{k}3"]) == [
            Total("one", 30),
            Total("two", 90),
        ]
        for key in ("{k}1", "{k}2", "{k}3"):
            assert await valkey.count_up(key, 60) == 91
        assert await valkey.run(declare(reply_lua, REPLY)(), ["k"]) == Reply(1, "counted")
    finally:
        await valkey.close()


@pytest.mark.parametrize(
    ("there", "instead", "sentence"),
    [
        ("by.factor", "by.faktor", "has the arguments (by.faktor, by.times, is_double)"),
        (
            "--   is_double  whether",
            "--   no  whether",
            "has the arguments (by.factor, by.times, no)",
        ),
        ("--   by.times   how often\n", "", "has the arguments (by.factor, is_double)"),
        ("--   by.times", "--   more\n--   by.times", "has the arguments (by.factor, more,"),
        ("--   amount\n", "--   sum\n", "has the values of each row (name, sum)"),
        ("--   total ", "--   sum ", "has the values returned for each (name, sum)"),
        ("--   rest...", "--   others...", "has the keys (first, others...)"),
        ("name, amount in each", "amount, name in each", "has the names (amount, name) in a loop"),
        ("add{total", "add{sum", "has the names (name, sum) in add{}"),
    ],
)
def test_a_wrong_missing_or_additional_name_fails_when_the_script_is_loaded(
    declare: Declare, there: str, instead: str, sentence: str
) -> None:
    assert there in LUA
    with pytest.raises(ScriptError) as failed:
        declare(adding_lua, LUA.replace(there, instead), KEYS)
    assert sentence in str(failed.value)
    assert str(failed.value).startswith("adding.lua ")
    assert "\n" not in str(failed.value)


@pytest.mark.parametrize(
    "wrong", ["word = 'x'", "word = 'x', total = 1, more = 2", "wort = 1, total = 1"]
)
def test_a_reply_has_the_names_of_the_header(declare: Declare, wrong: str) -> None:
    with pytest.raises(ScriptError, match=r"in reply\{\}"):
        declare(reply_lua, REPLY.replace("word = 'counted', total = 1", wrong))


def test_a_script_without_an_argument_that_python_gives_fails(declare: Declare) -> None:
    with pytest.raises(ScriptError, match=r"has the arguments \(\), and its declaration"):
        declare(adding_lua, REPLY, ())

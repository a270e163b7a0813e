"""The text of an array that a statement gets: what PostgreSQL reads is what was given."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from yemae.runtime import Runtime

ODD = [
    "",
    " ",
    "null",
    "NULL",
    "{}",
    "a,b",
    'say "x"',
    "back\\slash",
    '"',
    "\\",
    "가-1",
    "\n",
    '","',
]
IDS = [UUID(int=1), UUID(int=2**128 - 1)]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (ODD, "text"),
        *(([text], "text") for text in ODD),
        (["plain", "a-1"], "text"),
        ([], "text"),
        (["a", None, 'b"'], "text"),
        ([None], "text"),
        (IDS, "uuid"),
        ([IDS[0], None], "uuid"),
        ([1, -(2**63), 2**63 - 1], "bigint"),
        ([True, False], "boolean"),
        ([datetime(2026, 11, 28, 12, 0, 0, 125_000, UTC)], "timestamptz"),
    ],
    ids=str,
)
async def test_an_array_arrives_as_it_was_given(
    runtime: Runtime, given: list[object], kind: str
) -> None:
    statement = f"select %(given)s::{kind}[] as given".encode()
    async with runtime.postgres.transaction() as tx:
        (row,) = await tx.fetch(statement, given=given)
    assert row.given == given

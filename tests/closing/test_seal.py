"""The seal of a closing report: every change of the file is seen."""

import io
import zipfile
from collections.abc import Callable

import pytest

from yemae.closing.facts import Facts, MoneyFacts, QueueFacts, SoldFacts
from yemae.closing.seal import check, seal
from yemae.values.instants import instant

KEY = "a secret key that only the tests know"
FIGURES = dict.fromkeys(
    (
        "sold",
        "cancelled",
        "held",
        "blocked",
        "free",
        "revenue",
        "booking_fees",
        "cancellation_fees",
        "refunds",
        "net",
    ),
    0,
)
NOTHING = SoldFacts(performance_id=None, grade=None, sold_by=None, price_type=None, figures=FIGURES)


def facts(title: str = "Test <b>") -> Facts:
    """A report of nothing."""
    from datetime import UTC, datetime  # noqa: PLC0415

    opens = instant(datetime(2026, 1, 1, tzinfo=UTC))
    return Facts(
        concert_id="hall",
        title=title,
        artist="A & B",
        venue="Hall",
        time_zone=None,
        as_of=None,
        holds=True,
        dates=[],
        queues=[QueueFacts("hall", opens, [], [], None)],
        invariants=[],
        money=MoneyFacts("KRW", [], NOTHING, []),
        actions=[],
    )


Change = Callable[[dict[str, bytes]], None]


def changed(content: bytes, change: Change) -> bytes:
    """The same ZIP with other parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    change(parts)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return written.getvalue()


def test_a_report_is_as_it_was_sealed_and_the_same_facts_are_the_same_file() -> None:
    sealed = seal(facts(), KEY)
    assert check(sealed.content, KEY) == []
    assert seal(facts(), KEY) == sealed
    assert seal(facts("Other"), KEY).digest != sealed.digest


def test_texts_are_escaped() -> None:
    with zipfile.ZipFile(io.BytesIO(seal(facts(), KEY).content)) as file:
        page = file.read("report.en.html").decode()
    assert "Test &lt;b&gt;" in page
    assert "A &amp; B" in page


def _edit(parts: dict[str, bytes]) -> None:
    parts["report.json"] = parts["report.json"].replace(b'"holds": true', b'"holds": false')


def _edit_both(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b"true", b"false")


def _drop(parts: dict[str, bytes]) -> None:
    del parts["report.xlsx"]


def _add(parts: dict[str, bytes]) -> None:
    parts["more.txt"] = b"more"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (_edit, "report.json was changed"),
        (_edit_both, "the manifest was not signed by this server"),
        (_drop, "report.xlsx is missing"),
        (_add, "more.txt is not in the manifest"),
    ],
)
def test_a_change_is_seen(change: Change, wrong: str) -> None:
    sealed = seal(facts(), KEY)
    assert check(changed(sealed.content, change), KEY) == [wrong]


def test_another_server_has_not_signed_it() -> None:
    sealed = seal(facts(), KEY)
    assert check(sealed.content, KEY + "!") == ["the manifest was not signed by this server"]


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"no zip", changed(seal(facts(), KEY).content, dict.clear)]
)
def test_what_is_no_report_is_said(content: bytes) -> None:
    assert check(content, KEY) == ["it is no closing report"]

"""The closing report: what it says agrees with the stores, and the same data is the same file."""

import io
import json
import zipfile
from datetime import timedelta

from helpers.blocks import block
from helpers.concerts import FIRST, HALL
from helpers.fans import Fan
from helpers.paid_orders import bought
from yemae.back_office import sales
from yemae.closing import report
from yemae.closing.seal import check
from yemae.history import history
from yemae.history.history import HistoryRow
from yemae.runtime import Runtime


def files(content: bytes) -> dict[str, bytes]:
    """What is in the ZIP."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


async def kept_minutes(runtime: Runtime, *waiting: int) -> None:
    """A history of some minutes, with these numbers of waiting fans."""
    begin = runtime.now().replace(second=0, microsecond=0) - timedelta(hours=1)
    rows = [
        HistoryRow(
            HALL,
            history.MINUTE,
            begin + timedelta(minutes=minute),
            {"waiting": number, "active": 1, "joined": 9, "admitted": 7, "holds": 3, "payments": 2},
        )
        for minute, number in enumerate(waiting)
    ]
    async with runtime.postgres.transaction() as tx:
        await history.write(tx, rows)


async def test_it_has_what_happened_and_says_that_it_adds_up(runtime: Runtime, fan: Fan) -> None:
    await bought(fan, "1", "2")
    await block(runtime, "9")
    await kept_minutes(runtime, 5, 3, 0)
    made = await report.make(runtime, HALL)
    facts = made.facts
    assert facts.holds
    assert facts.invariants
    sold = await sales.report(runtime, HALL)
    assert facts.money.total.figures == {**sold.total._asdict(), "net": sold.total.net}
    assert facts.money.total.figures["sold"] == 2
    assert facts.money.lines[0].performance_id == FIRST
    assert [each.orders for each in facts.money.minutes] == [1]
    (queue,) = facts.queues
    assert [point.figures["waiting"] for point in queue.curves] == [5, 3, 0]
    assert [(step.name, step.count) for step in queue.funnel] == [
        ("joined", 9),
        ("admitted", 7),
        ("holds", 3),
        ("payments", 2),
        ("unused", 0),
    ]
    assert [(act.who, act.action) for act in facts.actions] == [("op", "block")]
    assert facts.as_of == max(facts.actions[0].at, facts.money.minutes[0].minute)


async def test_it_has_what_happened_in_the_minute_that_has_no_row_yet(runtime: Runtime) -> None:
    await kept_minutes(runtime, 5)
    last = {"waiting": 0, "active": 0, "joined": 9, "admitted": 9, "holds": 8, "payments": 7}
    at = runtime.now().replace(microsecond=0)
    async with runtime.postgres.transaction() as tx:
        await history.write(tx, [HistoryRow(HALL, history.SECOND, at, last)])
    (queue,) = (await report.make(runtime, HALL)).facts.queues
    assert {step.name: step.count for step in queue.funnel}["payments"] == 7
    assert [point.figures["waiting"] for point in queue.curves] == [5, 0]
    # With the row of the minute, that one is enough.
    async with runtime.postgres.transaction() as tx:
        rows = [HistoryRow(HALL, history.MINUTE, at + timedelta(seconds=1), last)]
        await history.write(tx, rows)
    (later,) = (await report.make(runtime, HALL)).facts.queues
    assert later.funnel == queue.funnel
    assert len(later.curves) == 2


async def test_its_file_has_html_json_xlsx_and_a_manifest(runtime: Runtime, fan: Fan) -> None:
    await bought(fan, "1")
    await kept_minutes(runtime, 5, 3)
    made = await report.make(runtime, HALL)
    parts = files(made.sealed.content)
    assert list(parts) == [
        "manifest.json",
        "report.en.html",
        "report.json",
        "report.ko.html",
        "report.xlsx",
    ]
    said = json.loads(parts["report.json"])
    assert (said["concert_id"], said["holds"]) == (HALL, True)
    english, korean = (parts[f"report.{each}.html"].decode() for each in ("en", "ko"))
    assert "Everything adds up." in english
    assert "모든 것이 맞습니다." in korean
    assert "A seat is in at most one paid or live order." in english
    assert "한 좌석은 결제되었거나 유효한 주문 하나에만 들어 있다." in korean
    assert english.count("<svg") == 4
    assert "<script" not in english
    assert "http" not in english
    with zipfile.ZipFile(io.BytesIO(parts["report.xlsx"])) as book:
        assert "Money" in book.read("xl/workbook.xml").decode()


async def test_the_same_data_is_the_same_file_until_something_happens(
    runtime: Runtime, fan: Fan
) -> None:
    await bought(fan, "1")
    first = await report.make(runtime, HALL)
    # That one took the first along changes nothing of the next.
    await report.note_handed_out(runtime, "op", first)
    again = await report.make(runtime, HALL)
    assert again.sealed == first.sealed
    await block(runtime, "9")
    assert (await report.make(runtime, HALL)).sealed.digest != first.sealed.digest


async def test_what_does_not_add_up_is_said(runtime: Runtime, fan: Fan) -> None:
    order = await bought(fan, "1")
    async with runtime.postgres.transaction() as tx:
        await tx.execute(b"update orders set total = total + 1 where id = %(id)s", id=order.id)
    made = await report.make(runtime, HALL)
    assert not made.facts.holds
    parts = files(made.sealed.content)
    assert "Something does not add up." in parts["report.en.html"].decode()
    assert not check(made.sealed.content, runtime.settings.stores.secret_key)


async def test_an_empty_sale_has_a_report_too(runtime: Runtime) -> None:
    made = await report.make(runtime, HALL)
    assert made.facts.as_of is None
    assert made.facts.holds
    assert "No history is kept" in files(made.sealed.content)["report.en.html"].decode()

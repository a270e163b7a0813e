"""Results are stored as measured, and the page shows the figures of the files."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bench import results
from bench.page import ABOUT, PAGE, chart, page, results_files
from bench.results import Results, Row, spread

ROWS = [
    Row(name="livez", what="the yardstick", rate=20_000.0, p50_ms=3.0, p99_ms=5.0, spread=0.02),
    Row(name="poll_1m", what="polls", rate=17_000.0, yardstick=20_000.0, ratio=0.85, aim=0.8),
    Row(name="join", what="joins", rate=10_000.0, yardstick=20_000.0, ratio=0.5, aim=0.65),
    Row(name="bytes_per_fan", what="memory", value=214.6, unit="B", aim=250, aim_is_most=True),
]


def found() -> Results:
    return Results(
        bench="queue",
        command="make bench-queue",
        measured_at=datetime(2026, 11, 22, tzinfo=UTC),
        machine=results.machine(),
        commit="0123456789abcdef",
        others_share=0.1,
        rows=ROWS,
    )


def test_a_file_gives_back_what_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    path = results.write(found())
    assert path == tmp_path / "queue.json"
    assert results.read(path) == found()
    assert results_files(tmp_path) == [found()]


@pytest.mark.parametrize(
    ("is_whole", "was_clean", "dirty", "is_written"),
    [
        (True, True, False, True),
        (True, False, True, True),
        (True, False, False, False),
        (False, True, True, False),
    ],
)
def test_a_file_is_written_after_a_whole_run_of_a_clean_tree_or_a_dirty_one_on_demand(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_whole: bool,
    was_clean: bool,
    dirty: bool,
    is_written: bool,
) -> None:
    monkeypatch.setattr(results, "RESULTS", tmp_path)
    monkeypatch.setattr(results, "is_clean", lambda: True)
    results.report(found(), is_whole=is_whole, was_clean=was_clean, dirty=dirty)
    assert (tmp_path / "queue.json").exists() == is_written


def test_a_row_knows_whether_it_reached_its_aim() -> None:
    assert [row.reached for row in ROWS] == [None, True, False, True]


def test_the_spread_is_how_far_the_repeats_lie_apart() -> None:
    assert spread([100.0, 110.0, 105.0]) == 0.1
    assert spread([0.0, 1.0]) == 0.0


def test_the_page_has_every_row_its_machine_and_a_bar_for_each_ratio() -> None:
    text = page([found()])
    for row in ROWS:
        assert f"`{row.name}`" in text
    assert "0123456789abcdef" in text
    assert "17 000" in text
    bars = [line for line in chart(ROWS).splitlines() if line.endswith("%")]
    assert [line.split()[0] for line in bars] == ["poll_1m", "join"]
    assert bars[0].count("█") == 33
    assert bars[1].count("█") == 20


def test_the_longest_bar_fills_the_line_where_the_yardstick_is_another_server() -> None:
    rows = [
        Row(name="hold", what="holds", rate=400.0, yardstick=10.0, ratio=40.0),
        Row(name="pay", what="payments", rate=100.0, yardstick=10.0, ratio=10.0),
    ]
    bars = [line for line in chart(rows).splitlines() if line.endswith("%")]
    assert [line.count("█") for line in bars] == [40, 10]


def test_the_page_says_whether_all_benches_measured_one_commit() -> None:
    other = msgspec.structs.replace(found(), bench="opening")
    assert "All benches measured commit `0123456789abcdef`" in page([found(), other])
    newer = msgspec.structs.replace(other, commit="fedcba9876543210")
    assert "different commits" in page([found(), newer])


def test_every_bench_says_what_it_measures_and_with_what_it_is_compared() -> None:
    assert {results.bench for results in results_files()} <= ABOUT.keys()


def test_the_page_says_when_nothing_was_measured() -> None:
    assert "make bench-queue" in page([])


def test_the_page_in_docs_is_made_from_the_files() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(results_files()), "run: make bench-page"

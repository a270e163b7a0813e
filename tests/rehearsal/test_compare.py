"""Two rehearsals beside each other."""

from pathlib import Path

import msgspec
import pytest

from rehearsal.test_report import made, tally
from yemae.rehearsal.compare import differences, figures, read_report
from yemae.rehearsal.report import Report
from yemae.rehearsal.scenario import Behaviour, ScenarioError
from yemae.rehearsal.sold import GradeSold
from yemae.values.instants import plain


def with_sold(after_s: float | None) -> Report:
    sold = [GradeSold("hall-1", "R", 10, 9 if after_s is None else 10, 1_000, after_s)]
    return msgspec.structs.replace(made(tally()), sold=sold, limits={"active_limit": 50})


def test_the_figures_of_both_are_beside_each_other() -> None:
    before, after = with_sold(40.0), msgspec.structs.replace(with_sold(30.0), money=300)
    found = {each.name: each for each in figures(before, after)}
    assert (found["money"].before, found["money"].after) == (200, 300)
    assert found["money"].change == 0.5
    sold_out = found["hall-1 R sold out after s"]
    assert (sold_out.before, sold_out.after, sold_out.change) == (40.0, 30.0, -0.25)
    assert found["inside in vain"].change is None
    assert found["pay p99_ms"].change == 0
    assert not any("sold out" in each.name for each in figures(with_sold(None), with_sold(None)))


def test_what_was_not_the_same_is_said() -> None:
    before = with_sold(40.0)
    behaviour = Behaviour(think_s=9.0)
    after = msgspec.structs.replace(
        before,
        scenario=msgspec.structs.replace(before.scenario, fans=9, behaviour=behaviour),
        limits={"active_limit": 70},
    )
    assert differences(before, before) == []
    assert differences(before, after) == [
        "fans: 3 → 9",
        "think_s: 1.0 → 9.0",
        "active_limit: 50 → 70",
    ]


def test_a_report_is_read_again_and_nothing_else_is(tmp_path: Path) -> None:
    path, found = tmp_path / "before.json", with_sold(40.0)
    path.write_bytes(msgspec.json.encode(plain(found)))
    assert read_report(path) == found
    # A report of the version before has none of the newer fields.
    older = msgspec.to_builtins(found)
    for name in ("inside_in_vain", "sold", "limits", "advice"):
        older.pop(name)
    path.write_bytes(msgspec.json.encode(older))
    assert read_report(path) == made(tally())
    path.write_text("{}")
    with pytest.raises(ScenarioError, match="this is no report of a rehearsal"):
        read_report(path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_report(tmp_path / "none.json")

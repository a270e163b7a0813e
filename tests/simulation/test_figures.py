"""What requests cost: from results files of the bench, or the figures of this version."""

import json
from pathlib import Path

import pytest

from yemae.simulation.figures import ROWS, Cost, Figures, FiguresError, defaults, read

MACHINE = {"cpu": "Fast", "cores": 8}


def results(folder: Path, name: str, *rows: dict[str, object]) -> Path:
    path = folder / name
    document = {"bench": name, "rows": rows, "machine": MACHINE, "commit": "abc", "more": 1}
    path.write_text(json.dumps(document))
    return path


def test_this_version_knows_what_every_request_costs() -> None:
    found = defaults()
    assert set(found.costs) == set(ROWS)
    assert all(cost.server_us > 0 for cost in found.costs.values())
    assert found.bytes_per_fan > 100


def test_without_a_file_the_known_figures_stay() -> None:
    assert read((), defaults()) == defaults()


def test_a_file_brings_its_rows_and_the_others_stay(tmp_path: Path) -> None:
    known = Figures({"pay": Cost(9, 9, 9), "poll": Cost(8, 8, 8)}, 200.0, "Slow", "old")
    path = results(
        tmp_path, "hot.json", {"name": "poll", "server_us": 1.5, "valkey_us": 2}, {"name": "livez"}
    )
    found = read([path], known)
    assert found.costs == {"pay": Cost(9, 9, 9), "poll": Cost(1.5, 0, 2)}
    assert (found.bytes_per_fan, found.machine, found.commit) == (200.0, "Fast, 8 cores", "abc")


def test_the_first_file_that_has_a_row_counts(tmp_path: Path) -> None:
    first = results(tmp_path, "a.json", {"name": "poll", "server_us": 1})
    second = results(
        tmp_path, "b.json", {"name": "poll", "server_us": 2}, {"name": "bytes_per_fan", "value": 99}
    )
    found = read([first, second], Figures({}, 0.0, "", ""))
    assert found.costs == {"poll": Cost(1)}
    assert found.bytes_per_fan == 99


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "not a results file of a bench: "),
        ("[", "not a results file of a bench: "),
        ("\udcff", "not a results file of a bench: "),
        ('{"bench": "x", "rows": [], "machine": {}, "commit": ""}', "have none of the rows join, "),
    ],
)
def test_what_is_no_results_file_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(FiguresError, match=said) as raised:
        read([path], defaults())
    assert str(raised.value).endswith(".")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FiguresError, match="nowhere: cannot be read: No such file"):
        read([tmp_path / "nowhere"], defaults())

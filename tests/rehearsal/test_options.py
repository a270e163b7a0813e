"""Invalid options are refused with one sentence and exit code 2, and nothing is done."""

from pathlib import Path

import pytest

from helpers.command import yemae

BEHAVIOURS = {
    "patience_s=-1": "patience_s=-1 cannot be used: expected seconds from 0 to 86400.",
    "walk_away=2": "walk_away=2 cannot be used: expected a share from 0 to 1.",
    "seat_choice=worst": "seat_choice=worst cannot be used: expected uniform or best.",
    "seats_max=0": "seats_max=0 cannot be used: expected a number from 1 to 20.",
    "retries=x": "retries=x cannot be used: expected a number from 0 to 100.",
    "think_s=": "think_s= cannot be used: expected seconds from 0 to 600.",
    "mood=good": "'mood=good' is no behaviour: expected KEY=VALUE with one of patience_s, ",
    "retries": "'retries' is no behaviour: expected KEY=VALUE with one of patience_s, ",
}


@pytest.mark.parametrize(("text", "said"), BEHAVIOURS.items(), ids=BEHAVIOURS)
def test_a_behaviour_that_cannot_be_used_says_what_is_expected(text: str, said: str) -> None:
    done = yemae("rehearse", "--embedded", "--behaviour", text)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"yemae: {said}")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Say where to rehearse: --url URL or --embedded."),
        (("--embedded", "--url", "http://127.0.0.1:1"), "Say where to rehearse"),
        (("--embedded", "--concert", "hall"), "--concert is of a running server"),
        (("--url", "http://127.0.0.1:1", "--seats", "5"), "--seats is of a private server"),
        (("--url", "127.0.0.1:1"), "'127.0.0.1:1' is no address of a server such as http://"),
        (("--url", "http://["), "'http://[' is no address of a server such as http://"),
        (("--url", "http://a:99999"), "'http://a:99999' is no address of a server such as http://"),
        (("--url", "http://127.0.0.1:1", "--console"), "--console is of a private server"),
        (("--embedded", "--fans", "0"), "Invalid value for '--fans'"),
        (("--embedded", "--arrival", "late"), "Invalid value for '--arrival'"),
        (("--embedded", "--json", "/nowhere/r.json"), "/nowhere/r.json cannot be written"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: tuple[str, ...], said: str) -> None:
    done = yemae("rehearse", *options)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_a_report_that_was_not_made_leaves_no_file(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    assert yemae("rehearse", "--html", str(page)).code == 2
    assert not page.exists()

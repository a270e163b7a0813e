"""`yemae seats`: blocks from the command line, and what it says when it cannot."""

import json
import re

import pytest

from helpers.command import Done, yemae
from yemae.settings import Settings


def seats(*arguments: str) -> Done:
    """Run one command of the group."""
    return yemae("seats", *arguments)


def test_seats_are_blocked_listed_and_released(hall: Settings) -> None:  # noqa: ARG001
    done = seats(
        "block", "hall", "--reason", "press", "--date", "hall-1", "--seat", "1", "--seat", "2",
        "--note", "Reviewers", "--color", "#aa0000", "--releases-at", "2029-12-31 12:00",
    )  # fmt: skip
    assert done == (0, "press: 2 seats blocked\n", "")
    table = seats("list", "hall", "--date", "hall-1").out
    assert re.search(
        r"press +press +2 +1 +2029-12-31 12:00 +cli:\S+ +Reviewers *\npress, hall-1: 1 2\n", table
    )
    (shown,) = seats("list", "hall", "--json").json()
    assert (shown["seats"], shown["color"], shown["in_file"]) == (2, "#aa0000", False)
    assert shown["releases_at"] == "2029-12-31T12:00:00.000Z"
    done = seats("unblock", "hall", "press", "--at", "never")
    assert done.out == "press: 2 seats will be released when you release it\n"
    done = seats("unblock", "hall", "press", "--at", "2029-12-31T21:00+09:00")
    assert done.out == "press: 2 seats will be released at 2029-12-31 12:00\n"
    done = seats("unblock", "hall", "press", "--seat", "1")
    assert done.out == "press: 1 seat released, 1 left in the block\n"
    assert seats("unblock", "hall", "press").out == "press: 1 seat released, 0 left in the block\n"
    assert json.loads(seats("list", "hall", "--json").out) == []
    log = yemae("queue", "log", "hall").out
    assert re.search(r"block +note: Reviewers, block: press, .*count: 2, seats: 1 2,", log)
    assert "releases_at: – → 2029-12-31 12:00" in log


def test_the_rest_is_blocked_in_one_command(hall: Settings) -> None:  # noqa: ARG001
    assert seats("block", "hall", "--reason", "house", "--row", "Floor:A", "--date", "hall-1")
    done = seats("block", "hall", "--reason", "not_for_sale", "--all", "--skip-taken")
    assert done.out == "not-for-sale: 10 seats blocked\n"


WRONG = [
    (["--reason", "friends", "--seat", "1"], "--reason must be one of house, press, sponsor, "),
    (["--seat", "1"], "reason: required without a name."),
    (["--reason", "house"], "seats: a new block needs seats, rows, sections or all."),
    (["--reason", "house", "--seat", "99"], "seats: the plan has no '99'."),
    (["--reason", "house", "--seat", "1", "--color", "red"], "--color must be #rrggbb, such as"),
    (["--reason", "house", "--seat", "1", "--name", "A b"], "--name must be 1 to 63 characters"),
    (["--reason", "house", "--seat", "1", "--note", "a\nb"], "--note must be one line of at most"),
    (["--reason", "house", "--seat", "1", "--releases-at", "noon"], "'noon' is no time such as"),
]


@pytest.mark.parametrize(("options", "sentence"), WRONG, ids=str)
def test_what_cannot_be_blocked_is_one_sentence(
    hall: Settings,  # noqa: ARG001
    options: list[str],
    sentence: str,
) -> None:
    code, out, err = seats("block", "hall", *options)
    assert (code, out) == (2, "")
    assert err.startswith(f"yemae: {sentence}")
    assert err.count("\n") == 1


def test_a_block_that_is_not_there_and_a_part_with_a_time_are_refused(
    hall: Settings,  # noqa: ARG001
) -> None:
    assert seats("unblock", "hall", "press").err.startswith("yemae: The concert has no seat block")
    done = seats("unblock", "hall", "press", "--at", "never", "--seat", "1")
    assert done.code == 2
    assert done.err.startswith("yemae: A set time is the whole block's")

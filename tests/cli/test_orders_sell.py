"""`yemae orders sell`: what the command sells, prints, and refuses."""

from pathlib import Path

import pytest

from helpers.command import Done, yemae
from helpers.moves import TWO_GRADES


def sell(*arguments: str) -> Done:
    """Sell seats of the hall."""
    return yemae("orders", "sell", "hall", *arguments)


@pytest.mark.usefixtures("hall")
def test_tickets_that_were_sold_for_cash_open_the_door() -> None:
    done = sell("hall-1", "1", "2", "--cash", "--name", "Ann Lee")
    assert (done.code, done.err) == (0, "")
    said, *tickets = done.out.splitlines()
    order_id = said.split(":")[0]
    assert said == f"{order_id}: 1 2 of hall-1 sold for 100,000 KRW (cash)"
    assert [line.split()[0] for line in tickets] == ["1", "2"]
    for line in tickets:
        assert yemae("tickets", "check", line.split()[1]).out.startswith("valid: ")
    printed = yemae("orders", "print", order_id)
    assert printed.out.splitlines() == tickets
    as_json = yemae("orders", "print", order_id, "--json").json()
    assert [f"{seat} {code}" for seat, code in as_json["tickets"].items()] == tickets
    assert yemae("orders", "print", "x").err == "yemae: 'x' is no order's id.\n"
    shown = yemae("orders", "show", order_id).out
    assert "printed" in shown
    assert "box office, cash, cli:" in shown
    assert "A*****e" in shown
    assert "total: 100,000" in yemae("queue", "log", "hall").out
    assert "cash" in yemae("sales", "hall").out


@pytest.mark.usefixtures("hall")
def test_a_command_that_is_repeated_with_its_key_sells_once() -> None:
    command = ("hall-1", "1", "--free", "--for", "fan", "--key", "one", "--json")
    first = sell(*command)
    assert first.json()["total"] == 0
    assert sell(*command) == first


@pytest.mark.usefixtures("hall")
def test_what_cannot_be_sold_is_one_sentence() -> None:
    person = ("--name", "Ann")
    assert sell("hall-1", "1", *person).err == "yemae: Expected either --cash or --free.\n"
    assert sell("hall-1", "1", "--cash", "--free", *person).code == 2
    assert sell("hall-1", "1", "--cash").err == "yemae: Expected either --name or --for.\n"
    done = sell("hall-1", "1", "--cash", "--name", "two\nlines")
    assert done.err == "yemae: --name is one line of 1 to 60 characters.\n"
    assert sell("hall-1", "77", "--cash", *person).err == (
        "yemae: This performance has no seat 77.\n"
    )
    assert sell("hall-9", "1", "--cash", *person).code == 2
    done = yemae("orders", "sell", "another", "hall-1", "1", "--cash", *person)
    assert done.err == "yemae: There is no concert with this id.\n"


@pytest.mark.usefixtures("hall")
def test_an_order_that_was_sold_for_cash_moves_to_dearer_seats_for_cash(tmp_path: Path) -> None:
    grades = tmp_path / "hall.toml"
    grades.write_text(TWO_GRADES, "utf-8")
    assert yemae("concerts", "load", str(grades), "--yes").code == 0
    order = sell("hall-1", "11", "--cash", "--name", "Ann Lee").out.split(":")[0]
    move = ("orders", "move", order, "1", "--price", "new")
    refused = yemae(*move)
    assert refused.code == 2
    assert "the fan's balance is 0 KRW" in refused.err
    done = yemae(*move, "--surcharge", "cash")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1] == "30,000 KRW was taken in cash"

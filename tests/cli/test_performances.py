"""`yemae performances` and `yemae concerts cancel`: what they do, say and refuse."""

import asyncio
import json

import pytest

from helpers.command import Done, yemae
from helpers.concerts import FIRST, SECOND
from helpers.fans import Fan
from helpers.paid_orders import bought
from helpers.reconcile import assert_reconciled
from yemae.runtime import open_runtime
from yemae.settings import Settings

WHY = ("--reason", "The singer is ill")


def performances(*arguments: str) -> Done:
    return yemae("performances", *arguments)


@pytest.fixture
def sold(hall: Settings) -> Settings:
    """Two orders of the first date are paid."""

    async def sell() -> None:
        async with open_runtime(hall) as runtime:
            for fan, seat in (("ann", "1"), ("ben", "2")):
                await bought(Fan(runtime, fan), seat)

    asyncio.run(sell())
    return hall


def reconciled(settings: Settings) -> None:
    async def check() -> None:
        async with open_runtime(settings) as runtime:
            await assert_reconciled(runtime)

    asyncio.run(check())


def test_a_date_is_cancelled_and_everybody_refunded(sold: Settings) -> None:
    done = performances("cancel", FIRST, *WHY, "--yes")
    assert done == (0, f"{FIRST} is cancelled: 2 orders refunded, 100,000 KRW\n", "")
    reconciled(sold)
    assert performances("cancel", FIRST, *WHY, "--yes") == done
    assert "refunds done" in yemae("queue", "log", "hall").out


def test_a_run_is_left_to_the_server_looked_at_paused_and_resumed(sold: Settings) -> None:
    assert sold.stores.database_url
    begun = performances("cancel", FIRST, *WHY, "--yes", "--no-wait").out
    assert begun == (
        f"{FIRST} is cancelled: 0 orders refunded, 0 KRW; running with 2 orders to go\n"
    )
    rows = dict(
        line.strip().split(maxsplit=1)
        for line in performances("refunds", FIRST, "--pause").out.splitlines()
    )
    assert (rows["State"], rows["Left"]) == ("paused", "2 orders, 100,000 KRW")
    assert rows["Reason"].startswith("The singer is ill (cli:")
    said = json.loads(performances("refunds", FIRST, "--resume", "--json").out)
    assert (said["state"], said["orders_left"], said["amount_left"]) == ("running", 2, 100_000)
    assert performances("cancel", FIRST, *WHY, "--yes").out.endswith("100,000 KRW\n")


def test_all_dates_of_a_concert_are_cancelled(sold: Settings) -> None:
    done = yemae("concerts", "cancel", "hall", *WHY, "--yes")
    assert done.out.splitlines() == [
        f"{FIRST} is cancelled: 2 orders refunded, 100,000 KRW",
        f"{SECOND} is cancelled: 0 orders refunded, 0 KRW",
    ]
    reconciled(sold)


def test_a_date_is_moved_on_the_clocks_of_the_venue(hall: Settings) -> None:
    assert hall.stores.database_url
    done = performances(
        "postpone", FIRST, "--to", "2030-03-01T20:00:00", "--refundable-until",
        "2030-02-01T00:00:00", *WHY, "--yes",
    )  # fmt: skip
    assert done == (
        0,
        f"{FIRST} is moved from 2030-01-01 10:00Z to 2030-03-01 20:00Z; cancelled without a fee "
        "until 2030-02-01 00:00Z\n",
        "",
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("cancel", FIRST, *WHY), "Nothing was changed: add --yes."),
        (("cancel", "no-date", *WHY, "--yes"), "There is no performance"),
        (("cancel", FIRST, "--reason", " ", "--yes"), "--reason is one line"),
        (("refunds", FIRST), "The date is not cancelled"),
        (("refunds", FIRST, "--pause", "--resume"), "Choose one of --pause and --resume."),
        (("postpone", FIRST, "--to", "2020-01-01T00:00:00", *WHY, "--yes"), "a time to come"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    hall: Settings, arguments: tuple[str, ...], sentence: str
) -> None:
    assert hall.stores.database_url
    code, out, err = performances(*arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert sentence in err

"""`[cancellation]` of a concert file: presets, steps of one's own, and what is refused."""

import pytest

from helpers.concert_files import refusal
from helpers.concerts import GOOD, HALL, SMALL, TEXT, load_concert, said
from yemae.concerts.cancellation_policy import KR_PERFORMANCE, CancellationPolicy, FeeStep
from yemae.concerts.files.concert_file import parse
from yemae.concerts.files.writing import write
from yemae.concerts.presale_codes import PresaleCodes
from yemae.runtime import Runtime
from yemae.settings import Settings

KR = '\n[cancellation]\npreset = "kr-performance"\n'
OWN = """
[cancellation]
closes_at = "18:00"
closes_at_saturday = "12:00"
free_within_days = 0
free_until_days_before = 3
booking_fee_back = "always"

[[cancellation.steps]]
until_days_before = 14

[[cancellation.steps]]
until_days_before = 7
fee_per_ticket = 2000
fee_max_percent = 5

[[cancellation.steps]]
until_days_before = 0
fee_percent = 50
"""


def test_without_it_no_fan_can_cancel() -> None:
    assert parse(GOOD, "f").cancellation is None
    assert parse(GOOD + '\n[cancellation]\npreset = "none"\n', "f").cancellation is None


def test_a_preset_is_named() -> None:
    assert parse(GOOD + KR, "f").cancellation == KR_PERFORMANCE


def test_a_file_has_steps_of_its_own() -> None:
    assert parse(GOOD + OWN, "f").cancellation == CancellationPolicy(
        steps=(
            FeeStep(until_days_before=14),
            FeeStep(until_days_before=7, fee_per_ticket=2_000, fee_max_percent=5),
            FeeStep(until_days_before=0, fee_percent=50),
        ),
        closes_at="18:00",
        closes_at_saturday="12:00",
        free_within_days=0,
        free_until_days_before=3,
        booking_fee_back="always",
    )


def test_one_step_is_a_policy_and_gives_the_booking_fee_back_on_its_day() -> None:
    policy = parse(GOOD + "\n[[cancellation.steps]]\nuntil_days_before = 1\n", "f").cancellation
    assert policy == CancellationPolicy(steps=(FeeStep(until_days_before=1),))
    assert policy.booking_fee_back == "booking_day"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[cancellation]\n", "cancellation: expected either preset or steps"),
        (
            '[cancellation]\npreset = "kr-performance"\ncloses_at = "17:00"\n',
            "cancellation: expected nothing beside preset, found closes_at",
        ),
        (
            '[cancellation]\npreset = "none"\nfree_within_days = 0\n',
            "cancellation: expected nothing beside preset, found free_within_days",
        ),
        ('[cancellation]\npreset = "kr"\n', "expected none or kr-performance"),
        ('[cancellation]\ncloses_at = "5 pm"\n', "expected a text of the form 17:00"),
        ('[cancellation]\ncloses_at = "24:00"\n', "expected a text of the form 17:00"),
        (OWN.replace('closes_at = "18:00"\n', ""), "closes_at_saturday: expected closes_at"),
        (OWN.replace("free_within_days = 0\n", ""), "expected free_within_days beside it"),
        (OWN.replace('"always"', '"sometimes"'), "expected never, booking_day or always"),
        (
            OWN.replace("until_days_before = 7", "until_days_before = 14"),
            "cancellation.steps[1].until_days_before: expected less than 14, that of the step "
            "before, found 14",
        ),
        (
            OWN.replace("fee_percent = 50", "fee_percent = 50\nfee_per_ticket = 1"),
            "cancellation.steps[2]: expected either fee_per_ticket or fee_percent, found both",
        ),
        (
            OWN.replace("fee_percent = 50", "fee_percent = 50\nfee_max_percent = 10"),
            "cancellation.steps[2].fee_max_percent: expected fee_per_ticket beside it",
        ),
        (
            OWN.replace("fee_per_ticket = 2000", "fee_per_ticket = 100000001"),
            "cancellation.steps[1].fee_per_ticket: expected an amount of at most 100,000,000 KRW",
        ),
        (OWN.replace("fee_percent = 50", "fee_percent = 101"), "cancellation.steps[2].fee_percent"),
        (OWN.replace("before = 0", "before = -1"), "cancellation.steps[2].until_days_before"),
        (OWN + "per = 1\n", "per"),
    ],
)
def test_a_fault_is_refused_by_its_field(table: str, said: str) -> None:
    assert said in refusal(GOOD + "\n" + table)


def test_the_korean_preset_is_for_won() -> None:
    dollars = GOOD.replace('currency = "KRW"', 'currency = "USD"')
    if dollars == GOOD:
        dollars = 'currency = "USD"\n' + GOOD
    assert "its amounts are in KRW" in refusal(dollars + KR)


async def test_a_load_keeps_old_policies_and_says_that_it_changed(
    settings: Settings, runtime: Runtime
) -> None:
    text = TEXT.format(**SMALL)
    codes = PresaleCodes(settings.stores.secret_key)
    await load_concert(settings, parse(text + KR, "hall.toml"))
    await runtime.catalogue.refresh()
    first = runtime.catalogue.concert(HALL).cancellation
    assert first is not None
    async with runtime.postgres.transaction() as tx:
        again = await write(tx, "hall.toml", parse(text + OWN, "hall.toml"), codes)
    assert said(again) == ["~ cancellation policy; orders keep the one they were made with"]
    assert not again.changes[0].is_promise
    await runtime.catalogue.refresh()
    second = runtime.catalogue.concert(HALL).cancellation
    assert second not in (None, first)
    assert runtime.catalogue.policies[first] == KR_PERFORMANCE
    async with runtime.postgres.transaction() as tx:
        assert (await write(tx, "hall.toml", parse(text, "hall.toml"), codes)).changes != []
        assert (await write(tx, "hall.toml", parse(text, "hall.toml"), codes)).changes == []
    await runtime.catalogue.refresh()
    assert runtime.catalogue.concert(HALL).cancellation is None

"""The `[cancellation]` of a concert file: a preset, or a policy of one's own. Pure."""

from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.concerts.cancellation_policy import (
    CLOCK_TIME,
    PRESETS,
    STEPS_MAX,
    BookingFeeBack,
    CancellationPolicy,
    ClockTime,
    Days,
    FeeStep,
    Preset,
)
from yemae.concerts.files.file_source import FileSource
from yemae.values import money

PATTERN_WORDS = {CLOCK_TIME: "the form 17:00"}
# The amounts of this preset are in it.
PRESET_CURRENCY = "KRW"


class FeeStepTable(FeeStep, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of `[[cancellation.steps]]`."""


class CancellationTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[cancellation]`: either `preset` or `steps` with the fields of a `CancellationPolicy`."""

    preset: Preset | None = None
    steps: Annotated[tuple[FeeStepTable, ...], Meta(max_length=STEPS_MAX)] = ()
    closes_at: ClockTime | None = None
    closes_at_saturday: ClockTime | None = None
    free_within_days: Days | None = None
    free_until_days_before: Days | None = None
    booking_fee_back: BookingFeeBack | None = None


NOT_CANCELLABLE = CancellationTable(preset="none")
# Its fields beside the preset.
OWN = CancellationTable.__struct_fields__[1:]


def policy(
    source: FileSource, currency: str, table: CancellationTable
) -> CancellationPolicy | None:
    """The policy of a concert; None: no fan can cancel. Raises ConcertFileError."""
    given = {name: value for name in OWN if (value := getattr(table, name)) not in (None, ())}
    if table.preset is not None:
        if given:
            wrong = f"expected nothing beside preset, found {', '.join(given)}"
            source.refuse("cancellation", wrong)
        if table.preset == "kr-performance" and currency != PRESET_CURRENCY:
            wrong = f"expected steps of your own: its amounts are in {PRESET_CURRENCY}"
            source.refuse("cancellation.preset", wrong)
        return PRESETS[table.preset]
    if not table.steps:
        source.refuse("cancellation", "expected either preset or steps")
    _check_steps(source, currency, table.steps)
    if table.closes_at_saturday is not None and table.closes_at is None:
        source.refuse("cancellation.closes_at_saturday", "expected closes_at beside it")
    if table.free_until_days_before is not None and table.free_within_days is None:
        wrong = "expected free_within_days beside it"
        source.refuse("cancellation.free_until_days_before", wrong)
    steps = tuple(FeeStep(**msgspec.structs.asdict(step)) for step in table.steps)
    return CancellationPolicy(**(given | {"steps": steps}))


def _check_steps(source: FileSource, currency: str, steps: tuple[FeeStepTable, ...]) -> None:
    before = None
    most = money.price_max(currency)
    for index, step in enumerate(steps):
        path = f"cancellation.steps[{index}]"
        if before is not None and step.until_days_before >= before:
            wrong = f"expected less than {before}, that of the step before"
            source.refuse(f"{path}.until_days_before", f"{wrong}, found {step.until_days_before}")
        before = step.until_days_before
        if step.fee_percent and step.fee_per_ticket:
            source.refuse(path, "expected either fee_per_ticket or fee_percent, found both")
        if step.fee_max_percent != 100 and not step.fee_per_ticket:
            source.refuse(f"{path}.fee_max_percent", "expected fee_per_ticket beside it")
        if step.fee_per_ticket > most:
            limit = money.amount(most, currency)
            source.refuse(f"{path}.fee_per_ticket", f"expected an amount of at most {limit}")

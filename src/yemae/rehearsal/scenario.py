"""A scenario: how many fans come, when, and how they behave. All limits are here."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from yemae.base.validation import field_fault
from yemae.values.troubles import BadInputError

Share = Annotated[float, Meta(ge=0, le=1, description="a share from 0 to 1")]
Choice = Literal["uniform", "best"]
Arrival = Literal["burst", "ramp", "poisson"]

FANS_MAX = 1_000_000
SEATS_MAX = 50_000
PROCESSES_MAX = 64
DURATION_MAX_S = 86_400
CONNECTIONS_MAX = 10_000
SEATS_OF_A_FAN_MAX = 20


class ScenarioError(BadInputError):
    """A scenario is invalid; the text is one sentence."""


class Behaviour(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How fans behave: the same for all fans, and random for each within it."""

    # How long a fan waits in line before giving up: 0.5 to 1.5 times this.
    patience_s: Annotated[float, Meta(ge=0, le=86_400, description="seconds from 0 to 86400")] = (
        3_600.0
    )
    # The share that closes the page: in line, after admission, or after reading the seats.
    walk_away: Share = 0.05
    # The share that holds seats and never pays.
    hold_without_paying: Share = 0.05
    # Any free seat, or one near the front of the plan, for which all fans compete.
    seat_choice: Annotated[Choice, Meta(description="uniform or best")] = "uniform"
    # Each fan wants from 1 to this number of seats side by side.
    seats_max: Annotated[
        int,
        Meta(ge=1, le=SEATS_OF_A_FAN_MAX, description=f"a number from 1 to {SEATS_OF_A_FAN_MAX}"),
    ] = 2
    # How many times a fan whose seat was taken tries another.
    retries: Annotated[int, Meta(ge=0, le=100, description="a number from 0 to 100")] = 5
    # The mean time that a fan looks at a page before the next step.
    think_s: Annotated[float, Meta(ge=0, le=600, description="seconds from 0 to 600")] = 1.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A whole rehearsal, except for its server."""

    fans: int
    arrival: Arrival = "burst"
    arrival_s: float = 60.0
    behaviour: Behaviour = Behaviour()
    duration_s: float = 600.0
    seed: int = 1
    processes: int = 1
    # Of all processes together.
    connections: int = 256


def read_behaviour(text: str) -> Behaviour:
    """Read `KEY=VALUE,...`; keys that are left out keep their defaults. Raises ScenarioError."""
    given: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not equals or name not in Behaviour.__struct_fields__:
            known = ", ".join(Behaviour.__struct_fields__)
            raise ScenarioError(
                f"{pair!r} is no behaviour: expected KEY=VALUE with one of {known}."
            )
        given[name] = value
    try:
        return msgspec.convert(given, Behaviour, strict=False)
    except msgspec.ValidationError as error:
        raise ScenarioError(_wrong(given, error)) from error


def _wrong(given: dict[str, str], error: msgspec.ValidationError) -> str:
    """Which value is invalid, and what is expected."""
    name = field_fault(error).path
    return f"{name}={given[name]} cannot be used: expected {_expected(name)}."


def _expected(name: str) -> str:
    hint: Any = get_type_hints(Behaviour, include_extras=True)[name]
    notes: Sequence[Any] = hint.__metadata__
    return str(notes[0].description)

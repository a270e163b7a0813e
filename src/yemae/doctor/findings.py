"""What a check found."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from yemae.doctor.words import WORDS

# From the best to the worst.
State = Literal["ok", "not_checked", "warning", "failure"]
ORDER: tuple[State, ...] = ("ok", "not_checked", "warning", "failure")
Value = str | int | float | bool


class Finding(msgspec.Struct, frozen=True):
    """What one check found: `check` and `reason` are names for programs, `values` the figures of
    its sentences."""

    check: str
    state: State
    reason: str
    values: dict[str, Value]

    @property
    def says(self) -> str:
        """What was found, in one sentence."""
        return WORDS[f"{self.check}.{self.reason}"].says.format(**self.values)

    @property
    def cure(self) -> str:
        """What to do about it, in one line; "" when there is nothing to do."""
        return WORDS[f"{self.check}.{self.reason}"].cure.format(**self.values)


def found(name: str, **values: Value) -> Finding:
    """A finding by its name in WORDS, such as `free_space.low`."""
    check, _, reason = name.partition(".")
    return Finding(check, WORDS[name].state, reason, values)


def worst(findings: Iterable[Finding]) -> Finding:
    """The one of several findings of a check that matters most; of equal ones the first."""
    return max(findings, key=lambda finding: ORDER.index(finding.state))


def state_of(findings: Sequence[Finding]) -> State:
    """The state of all together: what was not checked is no fault."""
    states = {finding.state for finding in findings}
    return "failure" if "failure" in states else "warning" if "warning" in states else "ok"

"""The result of a reconcile: one check for each law."""

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One law, the number of rows checked, and the violations.

    `examples` are some of the violations, in words. `notes` say what was violated and is repaired.
    """

    name: str
    says: str
    looked_at: int
    violations: int = 0
    examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Reconciled(msgspec.Struct, frozen=True):
    """Every check of both stores."""

    checks: tuple[Check, ...]

    @property
    def violations(self) -> int:
        """How many there are; 0 when everything holds."""
        return sum(check.violations for check in self.checks)

    @property
    def holds(self) -> bool:
        """Whether nothing is violated."""
        return self.violations == 0

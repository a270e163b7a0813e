"""Compares a payment provider's list of captured charges with our books, charge by charge.

The provider says when a charge was begun, the books when it was settled; so more of its list is
read than was asked about, and each side is looked for in all of the other. A charge that is still
under way is no difference: it settles by itself, or is handed over and then is one.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from yemae.payments.provider import Provider, Settlement
from yemae.reconcile.report import Check, Reconciled
from yemae.store.postgres import Postgres
from yemae.store.queries import Query, load_queries
from yemae.values import money

# A checkout is looked up for as long before it is handed over, and some more.
AROUND = timedelta(days=1)


class BookCharge(NamedTuple):
    """A checkout as the books have it; the refunds that were paid out, and those that may be."""

    id: UUID
    state: str
    amount: int
    currency: str
    settled_at: datetime | None
    handed_over_at: datetime | None
    paid_out: int
    open: int
    disputes: int

    @property
    def is_under_way(self) -> bool:
        """Whether it is looked up, and no operator has to look."""
        return self.settled_at is None and self.handed_over_at is None


class Pair(NamedTuple):
    """A charge at the provider, and in the books."""

    there: Settlement | None
    here: BookCharge | None


CHARGES_OF_BOOKS = Query(load_queries(__file__, "charges.sql")["charges_of_books"], BookCharge)


async def reconcile_provider(
    postgres: Postgres, provider: Provider, since: datetime, until: datetime, examples: int
) -> Reconciled:
    """Compare what was captured in a time. Raises UnclearError when the provider does not answer,
    or StoreUnavailable."""
    listed = await provider.settlements(since - AROUND, until + AROUND)
    async with postgres.transaction(frozen=True) as tx:
        books = await tx.fetch(
            CHARGES_OF_BOOKS,
            provider=provider.name,
            ids=[each.id for each in listed],
            since=since,
            until=until,
        )
    there, here = {each.id: each for each in listed}, {each.id: each for each in books}
    pairs = [
        Pair(there.get(charge_id), here.get(charge_id))
        for charge_id in sorted({*there, *here})
        if _is_asked(there.get(charge_id), here.get(charge_id), since, until)
    ]
    return Reconciled(
        tuple(_checked(name, says, differs, pairs, examples) for name, says, differs in LAWS)
    )


def _is_asked(
    there: Settlement | None, here: BookCharge | None, since: datetime, until: datetime
) -> bool:
    if here is not None and here.is_under_way:
        return False
    at = there.captured_at if there else here and here.settled_at
    return at is not None and since <= at < until


def _not_here(pair: Pair) -> str | None:
    """What was given back here and there is no difference: it has nothing left."""
    there, here = pair
    if there is None or there.amount == there.refunded:
        return None
    if here is None:
        return f"no checkout {there.id}: {_amount(there)} captured at {there.captured_at}"
    if here.state != "captured":
        return f"checkout {here.id} is {here.state}, and {_amount(there)} were captured"
    return None


def _not_there(pair: Pair) -> str | None:
    there, here = pair
    if there is None and here is not None and here.state == "captured":
        return f"checkout {here.id} of {money.amount(here.amount, here.currency)}"
    return None


def _amounts(pair: Pair) -> str | None:
    there, here = pair
    if there is None or here is None or here.state != "captured":
        return None
    if (there.amount, there.currency) == (here.amount, here.currency):
        return None
    ours = money.amount(here.amount, here.currency)
    return f"checkout {here.id}: {ours} in the books, {_amount(there)} at the provider"


def _refunds(pair: Pair) -> str | None:
    """Of a refund that is on its way, the provider may know or not."""
    there, here = pair
    if there is None or here is None or here.state != "captured":
        return None
    if here.paid_out <= there.refunded <= here.paid_out + here.open:
        return None
    ours, theirs = (money.amount(each, here.currency) for each in (here.paid_out, there.refunded))
    return f"checkout {here.id}: {ours} refunded in the books, {theirs} at the provider"


def _disputed(pair: Pair) -> str | None:
    there, here = pair
    if there is None or here is None or not there.is_disputed or here.disputes:
        return None
    return f"checkout {here.id}: disputed at the provider, and not in the books"


LAWS: Sequence[tuple[str, str, Callable[[Pair], str | None]]] = (
    ("charge_is_in_the_books", "What the provider captured is captured in the books.", _not_here),
    ("charge_is_at_the_provider", "What the books have captured, the provider has.", _not_there),
    ("charge_amounts_agree", "Each charge is of one amount and currency on both sides.", _amounts),
    ("charge_refunds_agree", "What went back of each charge is the same on both sides.", _refunds),
    ("charge_disputes_are_known", "What is disputed there is known as disputed here.", _disputed),
)


def _checked(
    name: str,
    says: str,
    differs: Callable[[Pair], str | None],
    pairs: Sequence[Pair],
    examples: int,
) -> Check:
    found = [said for pair in pairs if (said := differs(pair)) is not None]
    return Check(
        name=name,
        says=says,
        looked_at=len(pairs),
        violations=len(found),
        examples=tuple(found[:examples]),
    )


def _amount(there: Settlement) -> str:
    if there.currency in money.DIGITS and there.amount >= 0:
        return money.amount(there.amount, there.currency)
    return f"an amount of {there.currency} that is none of ours"

"""The reconcile as tests use it: that of the product (`yemae reconcile`), over an open house."""

from yemae.reconcile.books import check_books
from yemae.runtime import House

EXAMPLES = 100


async def violations(house: House) -> dict[str, list[object]]:
    """Every law of the books that does not hold, with what breaks it."""
    async with house.postgres.transaction(frozen=True) as tx:
        checks = await check_books(tx, EXAMPLES)
    return {check.name: list(check.examples) for check in checks if check.violations}


async def assert_reconciled(house: House) -> None:
    """Everything that can be read off the books holds."""
    assert await violations(house) == {}

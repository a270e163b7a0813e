"""The reconcile as tests use it: that of the product (`yemae reconcile`), over an open runtime."""

from yemae.reconcile.books import check_books
from yemae.runtime import Runtime

EXAMPLES = 100


async def violations(runtime: Runtime) -> dict[str, list[object]]:
    """Every violated law of the books, with its examples."""
    async with runtime.postgres.transaction(frozen=True) as tx:
        checks = await check_books(tx, EXAMPLES)
    return {check.name: list(check.examples) for check in checks if check.violations}


async def assert_reconciled(runtime: Runtime) -> None:
    """Assert that no law of the books is violated."""
    assert await violations(runtime) == {}

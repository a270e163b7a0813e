"""Whether the books add up, for operators: what the jobs process found last, and another check."""

from yemae.concerts import controls
from yemae.reconcile import last
from yemae.reconcile.last import LastReconcile
from yemae.runtime import Stores

ACTION = "reconcile"


async def last_check(stores: Stores) -> LastReconcile:
    """What is known. Raises StoreUnavailable."""
    async with stores.postgres.transaction() as tx:
        return await last.read(tx)


async def ask_for_check(stores: Stores, who: str) -> None:
    """Have a jobs process check the books soon, with a line in the log. Raises StoreUnavailable."""
    async with stores.postgres.transaction() as tx:
        await last.want(tx)
        await controls.log(tx, stores.new_id(), None, who, ACTION, {})

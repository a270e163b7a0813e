"""A process that delivers webhooks until it is ended: `python webhooking.py`, its settings in the
environment."""

import asyncio

from yemae.jobs.deliver_webhooks import Deliverer
from yemae.runtime import open_runtime
from yemae.settings import read_settings


async def main() -> None:
    """Deliver, again and again."""
    settings = read_settings()
    async with open_runtime(settings) as runtime, Deliverer(settings) as deliverer:
        while True:
            await deliverer.deliver_webhooks(runtime)
            await deliverer.settle()


if __name__ == "__main__":
    asyncio.run(main())

"""A process that delivers mail until it is ended: `python mailing.py`, its settings in the
environment."""

import asyncio

from yemae.jobs.deliver_mail import deliver_mail
from yemae.runtime import open_runtime
from yemae.settings import read_settings


async def main() -> None:
    """Deliver, again and again."""
    async with open_runtime(read_settings()) as runtime:
        while True:
            await deliver_mail(runtime)


if __name__ == "__main__":
    asyncio.run(main())

"""What runs in the background of the event loop."""

import asyncio
from inspect import iscoroutine
from pathlib import Path

import yemae

PACKAGE = str(Path(yemae.__file__).parent)


def loops() -> list[str]:
    """The tasks that run code of the package, besides the current one."""
    coroutines = [task.get_coro() for task in asyncio.all_tasks() - {asyncio.current_task()}]
    return [
        coroutine.__qualname__
        for coroutine in coroutines
        if iscoroutine(coroutine) and coroutine.cr_code.co_filename.startswith(PACKAGE)
    ]

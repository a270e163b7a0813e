"""One side of a run in turn: the bench of one tree, which measures a row whenever it is asked to.

Always holds: it runs in the Python of its tree and imports that tree's bench, so that each side
prepares its stores in its own way. So it uses nothing but what the bench of earlier commits has.

Arguments: the options as JSON. Standard input: the name of a row in each line. Standard output: the
rows as JSON, then each run as a line of JSON. At the end of the input the stores are reconciled.
"""

import asyncio
import sys
from typing import Any

import msgspec
import uvloop

from bench.hot_path import hot_path, prove
from bench.serving import serving
from bench.stage import CONCERTS, VARIABLES
from bench.timed import Effort


async def follow(options: dict[str, Any]) -> None:
    """Measure what is asked for until the input ends. Raises ViolatedError or LoadError."""
    with serving(
        CONCERTS,
        VARIABLES | options["variables"],
        workers=options["workers"],
        pinned=options["pinned"],
    ) as bench:
        effort = Effort(options["seconds"], options["connections"])
        probes = {probe.name: probe for probe in hot_path(bench, effort)}
        say({name: probe.what for name, probe in probes.items()})
        while name := (await asyncio.to_thread(sys.stdin.readline)).strip():
            say(await probes[name].measure())
        await prove(bench)


def say(value: object) -> None:
    """Write one line."""
    print(msgspec.json.encode(value).decode(), flush=True)


if __name__ == "__main__":
    uvloop.run(follow(msgspec.json.decode(sys.argv[1])))

"""Sends what a server process has counted for the history to Valkey, once a second.

What cannot be sent is counted again, so it arrives with the next run; an answer that is lost may
count a second twice, which a curve can bear.
"""

from yemae.base import tallies as own
from yemae.history import tallies
from yemae.refusals import StoreUnavailable
from yemae.runtime import Runtime

INTERVAL_S = 1.0


async def send_tallies(runtime: Runtime) -> None:
    """Send what has gathered."""
    for concert_id, counted in own.take().items():
        try:
            await tallies.add(runtime.valkey, concert_id, counted)
        except StoreUnavailable:
            for name, number in counted.items():
                own.count(concert_id, name, number)

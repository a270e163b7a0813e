"""Moving a house through time: both stores and the token clocks, together."""

import time

from yemae.runtime import House


def travel(house: House, seconds: float) -> None:
    """Move the house's clocks forward by so many seconds."""
    house.postgres.clock_offset_s += seconds
    house.valkey.clock_offset_ms += round(seconds * 1000)
    for signer in (house.issuer.signer, house.tokens.queue, house.tokens.entry):
        signer.clock_offset_s += seconds


def to_a_new_minute(house: House) -> None:
    """Go to where a minute has just begun, so that what counts by the minute does not begin anew
    in the middle of a test."""
    travel(house, 61 - (time.time() + house.valkey.clock_offset_ms / 1000) % 60)

"""Moving a runtime through time: both stores and the process's clock, together."""

import time

from yemae.runtime import Runtime


def travel(runtime: Runtime, seconds: float) -> None:
    """Move the runtime's clocks forward by `seconds`."""
    runtime.postgres.clock_offset_s += seconds
    runtime.valkey.clock_offset_ms += round(seconds * 1000)
    runtime.clock.clock_offset_s += seconds


def to_a_new_minute(runtime: Runtime) -> None:
    """Go to the start of a minute, so that counts by the minute do not start again in the middle of
    a test."""
    travel(runtime, 61 - (time.time() + runtime.valkey.clock_offset_ms / 1000) % 60)

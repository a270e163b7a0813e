"""What is checked of the clocks: this machine's beside those of the stores, which decide."""

from collections.abc import Mapping

from yemae.doctor.findings import Finding, found
from yemae.store.node_clock import OFFSET_MAX_S, WARN_S


def check_clock(offsets_s: Mapping[str, float]) -> Finding:
    """Whether this machine's clock agrees with each store's; `offsets_s` says how far it is ahead
    of them."""
    if not offsets_s:
        return found("clock.unknown")
    store, offset_s = max(offsets_s.items(), key=lambda item: abs(item[1]))
    far, off = abs(offset_s) > OFFSET_MAX_S, abs(offset_s) > WARN_S
    name = "far_off" if far else "off" if off else "right"
    return found(f"clock.{name}", store=store, offset_s=round(offset_s, 2))

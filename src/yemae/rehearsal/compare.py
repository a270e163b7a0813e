"""Two rehearsals beside each other: the same figures of an earlier report and of this one. Pure."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from yemae.rehearsal.report import Report
from yemae.rehearsal.scenario import ScenarioError

REPORT_MAX_BYTES = 50_000_000
DECODER = msgspec.json.Decoder(Report)


class Figure(NamedTuple):
    """A figure of both; None where a rehearsal does not have it."""

    name: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float | None:
        """By what share it has changed; None where that means nothing."""
        if not self.before or self.after is None:
            return None
        return self.after / self.before - 1


def read_report(path: Path) -> Report:
    """The report that `--json` has written. Raises ScenarioError."""
    try:
        with path.open("rb") as file:
            content = file.read(REPORT_MAX_BYTES)
        return DECODER.decode(content)
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: this is no report of a rehearsal (--json).") from error


def figures(before: Report, after: Report) -> list[Figure]:
    """What both measured, in the order of the report."""
    names = ("seconds", "journeys_per_s", "requests_per_s", "seats_sold", "money")
    found = [Figure(name, getattr(before, name), getattr(after, name)) for name in names]
    for name in ("p50_s", "p99_s", "max_s"):
        times = (getattr(each.time_in_queue, name) for each in (before, after))
        found.append(Figure(f"time in queue {name}", *times))
    found.append(Figure("inside in vain", before.inside_in_vain, after.inside_in_vain))
    refused = (float(sum(each.refusals.values())) for each in (before, after))
    found.append(Figure("refusals", *refused))
    return [*found, *_latencies(before, after), *_sold_out(before, after)]


def differences(before: Report, after: Report) -> list[str]:
    """What was not the same for both, so that the figures do not compare one thing only."""
    scenarios, behaviours = (
        (before.scenario, after.scenario),
        (before.scenario.behaviour, after.scenario.behaviour),
    )
    pairs = {
        "version": (before.version, after.version),
        "machine": (before.machine, after.machine),
        "concert": (before.concert_id, after.concert_id),
        **{
            name: (getattr(both[0], name), getattr(both[1], name))
            for both in (scenarios, behaviours)
            for name in both[0].__struct_fields__
            if name != "behaviour"
        },
        **{
            name: (before.limits.get(name), after.limits.get(name))
            for name in sorted(before.limits.keys() | after.limits.keys())
        },
    }
    return [f"{name}: {was} → {now}" for name, (was, now) in pairs.items() if was != now]


def _latencies(before: Report, after: Report) -> Iterator[Figure]:
    earlier = {call.call: call for call in before.calls}
    for call in after.calls:
        was = earlier.get(call.call)
        for name in ("p50_ms", "p99_ms"):
            yield Figure(f"{call.call} {name}", getattr(was, name, None), getattr(call, name))


def _sold_out(before: Report, after: Report) -> Iterator[Figure]:
    earlier = {(it.performance_id, it.grade): it.sold_out_after_s for it in before.sold}
    for it in after.sold:
        was = earlier.get((it.performance_id, it.grade))
        if was is not None or it.sold_out_after_s is not None:
            name = f"{it.performance_id} {it.grade} sold out after s"
            yield Figure(name, was, it.sold_out_after_s)

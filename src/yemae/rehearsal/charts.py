"""Charts as SVG, written directly so that the page needs no script. Pure.

Colors are the page's CSS variables, for light and dark; lines differ by dashes as well as by color.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from yemae.rehearsal.report import Latency
from yemae.rehearsal.words import both, both_in_svg, one_line

WIDTH, HEIGHT = 520, 250
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 12, 34
TICKS = 5
COLUMNS = 24
ROW_HEIGHT = 30
DASHES = ("", "7 4", "2 3", "9 3 2 3")
# The lowest value on the axis of the latency plot.
SHORTEST_MS = 0.1


class Line(NamedTuple):
    """A named line of a chart."""

    word: str
    values: Sequence[float]


def line_chart(title: str, at_s: Sequence[float], lines: Sequence[Line]) -> str:
    """Values over time, each line in its color and dash."""
    most = max((max(line.values, default=0) for line in lines), default=0)
    ticks = ticks_up_to(most)
    end_s = max(at_s, default=0) or 1
    drawn = [_y_axis(ticks), _x_axis(end_s)]
    for index, line in enumerate(lines):
        points = " ".join(
            f"{_x(t / end_s):.1f},{_y(value / ticks[-1]):.1f}"
            for t, value in zip(at_s, line.values, strict=True)
        )
        dash = f' stroke-dasharray="{DASHES[index]}"' if DASHES[index] else ""
        drawn.append(f'<polyline class="line c{index}"{dash} points="{points}"/>')
    return _figure(title, _svg(title, HEIGHT, drawn), _legend(lines))


def columns(title: str, steps: Sequence[tuple[float, int]], longest: float) -> str:
    """A histogram in equal steps from 0 to the longest."""
    longest = longest or 1
    counts = [0] * COLUMNS
    for value, count in steps:
        counts[min(COLUMNS - 1, int(value / longest * COLUMNS))] += count
    ticks = ticks_up_to(max(counts))
    drawn = [_y_axis(ticks), _x_axis(longest)]
    width = (WIDTH - LEFT - RIGHT) / COLUMNS
    for index, count in enumerate(counts):
        top = _y(count / ticks[-1])
        drawn.append(
            f'<rect class="column" x="{LEFT + index * width + 1:.1f}" y="{top:.1f}" '
            f'width="{width - 2:.1f}" height="{max(0.0, HEIGHT - BOTTOM - top):.1f}"/>'
        )
    return _figure(title, _svg(title, HEIGHT, drawn), "")


def latencies(title: str, calls: Sequence[Latency]) -> str:
    """A row for each call with its p50, p90 and p99, on a logarithmic scale."""
    low = math.floor(math.log10(max(SHORTEST_MS, min((c.p50_ms for c in calls), default=1))))
    high = math.ceil(math.log10(max((c.p99_ms for c in calls), default=10) * 1.01))
    high = max(high, low + 1)
    height = TOP + BOTTOM + ROW_HEIGHT * max(1, len(calls))
    left = LEFT + 44

    def x(ms: float) -> float:
        share = (math.log10(max(ms, 10.0**low)) - low) / (high - low)
        return left + share * (WIDTH - left - RIGHT)

    drawn = []
    for power in range(low, high + 1):
        at = x(10.0**power)
        drawn.append(f'<line class="grid" x1="{at:.1f}" y1="{TOP}" x2="{at:.1f}" '
                     f'y2="{height - BOTTOM}"/>')  # fmt: skip
        drawn.append(f'<text class="tick" x="{at:.1f}" y="{height - BOTTOM + 16}" '
                     f'text-anchor="middle">{10.0**power:g}</text>')  # fmt: skip
    for row, call in enumerate(calls):
        drawn.append(_latency(call, TOP + ROW_HEIGHT * (row + 0.5), x, left))
    key = f'<p class="key">{both("latency_key")}</p>'
    return _figure(title, _svg(title, height, drawn), key)


def bars(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """A bar for each word, with its count beside it."""
    height = TOP + ROW_HEIGHT * max(1, len(counts))
    left, most = LEFT + 120, max((count for _, count in counts), default=0) or 1
    drawn = []
    for row, (word, count) in enumerate(counts):
        y = TOP + ROW_HEIGHT * (row + 0.5)
        width = count / most * (WIDTH - left - RIGHT - 60)
        where = f'class="tick" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end"'
        drawn.append(
            f'{both_in_svg(word, where)}<rect class="column" x="{left}" y="{y - 8:.1f}" '
            f'width="{width:.1f}" height="16"/>'
            f'<text class="tick" x="{left + width + 6:.1f}" y="{y + 4:.1f}">{count:,}</text>'
        )
    return _figure(title, _svg(title, height, drawn), "")


def ticks_up_to(most: float) -> list[float]:
    """About TICKS round numbers from 0 to at least `most`."""
    if most <= 0:
        return [0.0, 1.0]
    raw = most / (TICKS - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
    return [step * i for i in range(math.ceil(most / step - 1e-9) + 1)]


def shown(number: float) -> str:
    """A number on an axis: short, with a thousands separator."""
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:g}"


def _latency(call: Latency, y: float, x: Callable[[float], float], left: float) -> str:
    p50, p90, p99 = x(call.p50_ms), x(call.p90_ms), x(call.p99_ms)
    label = both_in_svg(call.call, f'class="tick" x="{left - 8}" y="{y + 4:.1f}" text-anchor="end"')
    return (
        f"{label}"
        f'<line class="span" x1="{p50:.1f}" y1="{y:.1f}" x2="{p99:.1f}" y2="{y:.1f}"/>'
        f'<circle class="mark" cx="{p50:.1f}" cy="{y:.1f}" r="5"/>'
        f'<path class="mark" d="M{p90:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"/>'
        f'<rect class="mark" x="{p99 - 2:.1f}" y="{y - 8:.1f}" width="4" height="16"/>'
    )


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _y_axis(ticks: Sequence[float]) -> str:
    return "".join(
        f'<line class="grid" x1="{LEFT}" y1="{(y := _y(tick / ticks[-1])):.1f}" '
        f'x2="{WIDTH - RIGHT}" y2="{y:.1f}"/>'
        f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{shown(tick)}</text>'
        for tick in ticks
    )


def _x_axis(end: float) -> str:
    inner = [tick for tick in ticks_up_to(end) if tick <= end * 1.0001]
    marks = "".join(
        f'<text class="tick" x="{_x(tick / end):.1f}" y="{HEIGHT - BOTTOM + 16}" '
        f'text-anchor="middle">{shown(tick)}</text>'
        for tick in inner
    )
    where = f'x="{_x(0.5):.1f}" y="{HEIGHT - 3}" text-anchor="middle"'
    return marks + both_in_svg("seconds", where)


def _svg(title: str, height: float, drawn: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img"><title>{one_line(title)}</title>'
        f"{''.join(drawn)}</svg>"
    )


def _legend(lines: Sequence[Line]) -> str:
    items = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true"><line class="line c{index}" x1="0" y1="4" '
        f'x2="28" y2="4" stroke-dasharray="{DASHES[index]}"/></svg>{both(line.word)}</li>'
        for index, line in enumerate(lines)
    )
    return f'<ul class="legend">{items}</ul>'


def _figure(title: str, svg: str, key: str) -> str:
    return f"<figure><figcaption>{both(title)}</figcaption>{key}{svg}</figure>"

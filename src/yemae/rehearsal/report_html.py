"""The report as one HTML page without scripts and without other files. Pure.

Its content security policy forbids every load, so it can be kept, mailed or served from anywhere.
It has both languages; a choice at the top shows one.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from yemae.reconcile.report import Check
from yemae.rehearsal.charts import Line, bars, columns, latencies, line_chart
from yemae.rehearsal.report import Report
from yemae.rehearsal.tally import NO_ANSWER, is_fault
from yemae.rehearsal.words import WORDS, both
from yemae.values.instants import clock
from yemae.values.money import amount

STYLE = Path(__file__).with_name("report.css").read_text(encoding="utf-8")
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(found: Report) -> str:
    """The whole page."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{WORDS["title"].en} · {escape(found.concert_id)}</title>
<style>
{STYLE}</style>
</head>
<body>
{_head(found)}
{_tiles(found)}
{_charts(found)}
{_sold(found)}
{_calls(found)}
{_refusals(found)}
{_reconcile(found)}
{_scenario(found)}
</body>
</html>
"""


def _head(found: Report) -> str:
    verdict = (
        f'<p class="verdict">– {both("nothing_sold")}</p>'
        if found.says_little
        else f'<p class="verdict good">✓ {both("held")}</p>'
        if found.holds
        else f'<p class="verdict bad">✗ {both("broken")}</p>'
    )
    problems = "".join(f"<li>{problem}</li>" for problem in _problems(found))
    stopped = f" ({both('stopped')})" if found.was_stopped else ""
    facts = (
        ("concert", escape(found.concert_id)),
        ("server", f"{escape(found.url)} · Yemae {escape(found.version)}"),
        ("machine", escape(found.machine)),
        ("began", escape(clock(datetime.fromisoformat(found.began_at_local or found.began_at)))),
        ("sold_for", escape(amount(found.money, found.currency))),
        ("took", f"{found.seconds:,.1f} s{stopped}"),
    )
    return f"""<header>
<h1>{both("title")}</h1>
<div class="languages">
<input type="radio" name="lang" id="lang-en" checked><label for="lang-en">English</label>
<input type="radio" name="lang" id="lang-ko"><label for="lang-ko" lang="ko">한국어</label>
</div>
</header>
{verdict}
{f'<ul class="problems">{problems}</ul>' if problems else ""}
<dl class="facts">
{"".join(f"<div><dt>{both(word)}</dt><dd>{value}</dd></div>" for word, value in facts)}
</dl>"""


def _problems(found: Report) -> Iterator[str]:
    """The report's problems, in both languages."""
    for status, count in found.statuses.items():
        if int(status) == NO_ANSWER:
            yield both("unanswered", count=f"{count:,}")
        elif is_fault(int(status)):
            yield both("answered_with", count=f"{count:,}", status=status)
    if failed := found.outcomes["failed"]:
        yield both("failed_fans", count=f"{failed:,}")
    for check in found.checks:
        if check.violations:
            yield f"{both(check.name)} ({check.violations:,})"


def _tiles(found: Report) -> str:
    faults = found.faults
    violations = sum(check.violations for check in found.checks)
    tiles = (
        ("fans", f"{found.scenario.fans:,}", False),
        ("seats_sold", f"{found.seats_sold:,}", False),
        ("journeys_per_s", f"{found.journeys_per_s:,.0f}", False),
        ("requests_per_s", f"{found.requests_per_s:,.0f}", False),
        ("in_queue_p50", f"{found.time_in_queue.p50_s:,.1f} s", False),
        ("faults", f"{faults:,}", faults > 0),
        ("violations", f"{violations:,}", violations > 0),
    )
    shown = "".join(
        f'<div class="tile{" bad" if bad else ""}"><b>{value}</b>{both(word)}</div>'
        for word, value, bad in tiles
    )
    return f'<section class="tiles">{shown}</section>'


def _charts(found: Report) -> str:
    series = found.series
    at_s = [moment.at_s for moment in series]
    charts = (
        line_chart("people", at_s, [
            Line("waiting", [moment.waiting for moment in series]),
            Line("inside", [moment.inside for moment in series]),
            Line("holding", [moment.holding for moment in series]),
            Line("sold", [moment.seats_sold for moment in series]),
        ]),
        line_chart("throughput", at_s, [
            Line("requests", [moment.requests_per_s for moment in series]),
            Line("refusals", [moment.refusals_per_s for moment in series]),
        ]),
        line_chart("latency_over_time", at_s, [
            Line("p50", [moment.p50_ms for moment in series]),
            Line("p99", [moment.p99_ms for moment in series]),
        ]),
        columns("time_in_queue", found.time_in_queue.steps, found.time_in_queue.max_s),
        latencies("latency", found.calls),
        bars("outcomes", [(name, count) for name, count in found.outcomes.items() if count]),
    )  # fmt: skip
    return f'<section class="charts">{"".join(charts)}</section>'


def _sold(found: Report) -> str:
    """What was sold by date and grade, and the limits that follow from the measurements."""
    heads = (
        both("date"), both("grade"), both("seats_of_hall"), both("sold"), both("revenue"),
        both("sold_out_after"),
    )  # fmt: skip
    rows = [
        (
            escape(it.performance_id),
            escape(it.grade),
            f"{it.seats:,}",
            f"{it.sold:,}",
            escape(amount(it.revenue, found.currency)),
            "–" if it.sold_out_after_s is None else f"{it.sold_out_after_s:,.1f} s",
        )
        for it in found.sold
    ]
    table = f"<h2>{both('by_grade')}</h2>{_table(heads, rows, numbers_from=2)}" if rows else ""
    return f"{table}<p>{both('in_vain', count=f'{found.inside_in_vain:,}')}</p>{_advice(found)}"


def _advice(found: Report) -> str:
    advice = found.advice
    if advice is None:
        return ""
    said = both(
        "advice_says",
        rate=f"{advice.admit_per_minute:,}",
        active=f"{advice.active_limit:,}",
        requests=f"{advice.requests_per_s:,.1f}",
        each=f"{advice.requests_of_a_fan:,.1f}",
        inside=f"{advice.inside_p90_s:,.1f}",
    )
    more = f" {both('advice_is_low')}" if advice.is_lower_bound else ""
    return f"<h2>{both('advice')}</h2><p>{said}{more}</p>"


def _calls(found: Report) -> str:
    heads = (both("call"), both("count"), both("per_s"), "p50", "p90", "p99", both("longest"))
    rows = [
        (
            both(call.call),
            f"{call.count:,}",
            *(
                f"{value:,.1f}"
                for value in (call.per_s, call.p50_ms, call.p90_ms, call.p99_ms, call.max_ms)
            ),
        )
        for call in found.calls
    ]
    return f"<h2>{both('latency')}</h2>{_table(heads, rows)}"


def _refusals(found: Report) -> str:
    rows = [(escape(slug), f"{count:,}") for slug, count in found.refusals.items()]
    table = _table((both("refusal"), both("count")), rows or [(both("none"), "")])
    return f"<h2>{both('refusal_title')}</h2>{table}"


def _reconcile(found: Report) -> str:
    heads = ("", both("must_hold"), both("looked_at"), both("violations"))
    rows = [
        (_mark(check), both(check.name) + _examples(check), f"{check.looked_at:,}",
         f"{check.violations:,}")
        for check in found.checks
    ]  # fmt: skip
    fair = found.fairness
    fairness = both("fairness_says", inversions=f"{fair.inversions:,}", pairs=f"{fair.pairs:,}")
    note = (
        f'<p class="note">{both("http_only")} {escape(found.reconcile_note)}</p>'
        if found.reconcile_note
        else ""
    )
    return f"""<h2>{both("reconcile")}</h2>
{note}{_table(heads, rows, numbers_from=2)}
<h2>{both("fairness")}</h2><p>{fairness}</p>"""


def _scenario(found: Report) -> str:
    scenario, behaviour = found.scenario, found.scenario.behaviour
    values = {
        "fans": scenario.fans,
        "arrival": scenario.arrival,
        **({} if scenario.arrival == "burst" else {"arrival_s": scenario.arrival_s}),
        **{name: getattr(behaviour, name) for name in behaviour.__struct_fields__},
        "duration_s": scenario.duration_s,
        "seed": scenario.seed,
        "processes": scenario.processes,
        "connections": scenario.connections,
    }
    listed = ", ".join(f"{name}={escape(f'{value}')}" for name, value in values.items())
    client = both(
        "client_says",
        cpu=f"{found.client_cpu_share:.0%}",
        wait=f"{found.client_wait_p99_ms:,.1f}",
    )
    return f"""<h2>{both("settings")}</h2>
<p class="note"><code>{listed}</code></p>
<p class="note">{both("client")}: {client}</p>"""


def _mark(check: Check) -> str:
    if not check.looked_at and not check.violations:
        return "–"
    return (
        '<span class="mark-bad">✗</span>'
        if check.violations
        else '<span class="mark-good">✓</span>'
    )


def _examples(check: Check) -> str:
    items = "".join(f"<li>{escape(example)}</li>" for example in check.examples)
    return f"<ul>{items}</ul>" if items else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers_from: int = 1) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if index >= numbers_from else ''}>{cell}</{tag}>"
            for index, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f'<div class="card"><table><thead><tr>{cells("th", heads)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )

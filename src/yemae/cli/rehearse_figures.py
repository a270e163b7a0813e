"""What a rehearsal sold, the limits that follow from it, and its comparison with an earlier one."""

from yemae.cli.screen import write_line, write_table
from yemae.rehearsal.advice import Advice
from yemae.rehearsal.compare import Figure, differences, figures
from yemae.rehearsal.report import Report
from yemae.values.money import amount


def show_sold(found: Report) -> None:
    """Write what was sold by date and grade, and when each was sold out."""
    if not found.sold:
        return
    write_line("")
    write_table(
        ["Date", "Grade", "Seats", "Sold", "Revenue", "Sold out after"],
        [
            (
                it.performance_id,
                it.grade,
                it.seats,
                it.sold,
                amount(it.revenue, found.currency),
                None if it.sold_out_after_s is None else f"{it.sold_out_after_s:,.1f} s",
            )
            for it in found.sold
        ],
        numbers=["Seats", "Sold", "Revenue", "Sold out after"],
    )


def show_advice(found: Report) -> None:
    """Write how many fans came in for nothing, and the limits that the measurements suggest."""
    write_line(f"inside with nothing left: {found.inside_in_vain:,} fans")
    if found.advice is not None:
        for line in advice_lines(found.advice, found.limits):
            write_line(line)


def advice_lines(advice: Advice, limits: dict[str, int]) -> list[str]:
    """The suggested limits, beside those of the file, and what they follow from."""
    said = [
        f"{name} = {getattr(advice, name):,}"
        + (f" (now {limits[name]:,})" if name in limits else "")
        for name in ("admit_per_minute", "active_limit")
    ]
    bound = "; it was never slow, so it may do more" if advice.is_lower_bound else ""
    return [
        f"suggested limits: {', '.join(said)}",
        f"  from {advice.requests_per_s:,.1f} requests/s answered fast{bound}, "
        f"{advice.requests_of_a_fan:,.1f} requests and {advice.inside_p90_s:,.1f} s inside for "
        "each fan (p90)",
    ]


def show_comparison(before: Report, after: Report) -> None:
    """Write the figures of an earlier rehearsal beside those of this one."""
    write_line(f"\ncompared with the rehearsal of {before.began_at}")
    for line in differences(before, after):
        write_line(f"  different: {line}")
    rows = [
        (each.name.replace("_", " "), _number(each.before), _number(each.after), _change(each))
        for each in figures(before, after)
    ]
    write_table(["", "Before", "Now", "Change"], rows, numbers=["Before", "Now", "Change"])


def _number(value: float | None) -> str | None:
    if value is None:
        return None
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def _change(figure: Figure) -> str | None:
    return None if figure.change is None else f"{figure.change:+.0%}"

"""The options that a rehearsal and a simulation share: how their fans arrive."""

from collections.abc import Sequence
from typing import Annotated

import typer

from yemae.cli.failures import InputError
from yemae.rehearsal.scenario import DURATION_MAX_S, Arrival

FansArrive = Annotated[
    Arrival,
    typer.Option(help="burst: all at once; ramp: at a growing rate; poisson: at random times."),
]
ArriveWithinS = Annotated[
    float,
    typer.Option(help="Seconds in which they arrive (ramp, poisson).", min=1, max=DURATION_MAX_S),
]
FansOfLanes = Annotated[
    list[str] | None,
    typer.Option(
        "--lane",
        metavar="NAME=SHARE",
        help="The share of the fans, from 0 to 1, who are in a lane of the file [0]; "
        "may be repeated.",
    ),
]


def fans_of_lanes(names: Sequence[str], pairs: Sequence[str]) -> tuple[float, ...]:
    """Of each lane, the general one first: its share of the fans. Raises InputError."""
    shares = dict.fromkeys(names, 0.0)
    for pair in pairs:
        name, _, text = pair.partition("=")
        share = _share(text)
        if name not in shares or share is None:
            known = ", ".join(shares) or "none: --file names a concert file with lanes"
            raise InputError(
                f"{pair!r} cannot be used: expected NAME=SHARE with a share from 0 to 1 of a lane "
                f"of the file ({known})."
            )
        shares[name] = share
    total = sum(shares.values())
    if total > 1:
        raise InputError(f"The lanes have {total:g} of the fans: expected at most 1 together.")
    return (1 - total, *shares.values())


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None

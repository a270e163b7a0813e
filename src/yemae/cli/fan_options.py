"""The options that a rehearsal and a simulation share: how their fans arrive."""

from typing import Annotated

import typer

from yemae.rehearsal.scenario import DURATION_MAX_S, Arrival

FansArrive = Annotated[
    Arrival,
    typer.Option(help="burst: all at once; ramp: at a growing rate; poisson: at random times."),
]
ArriveWithinS = Annotated[
    float,
    typer.Option(help="Seconds in which they arrive (ramp, poisson).", min=1, max=DURATION_MAX_S),
]

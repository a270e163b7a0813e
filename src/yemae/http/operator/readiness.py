"""Go or no-go before a sale: what the doctor finds, what is known of the concert, and who has
signed it off."""

import asyncio
from datetime import UTC, datetime

import msgspec

from yemae import __version__
from yemae.back_office import readiness
from yemae.back_office.readiness import NewSignOff, Readiness
from yemae.doctor.examine import examine
from yemae.doctor.findings import Finding, state_of
from yemae.embedded.last_runs import RehearsalRun
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Operation, Shown
from yemae.http.fan.users import EXAMPLE_ID
from yemae.http.operator.readiness_shapes import (
    EXAMPLE,
    EXAMPLE_DIGEST,
    EXAMPLE_EXAMINATION,
    CheckBody,
    DateHallBody,
    Examination,
    ReadinessBody,
    RehearsalBody,
    SignConcertOff,
    SignedOff,
    SignOffBody,
)
from yemae.http.operator.roles import GATES
from yemae.http.server.call import Call
from yemae.refusals import ConcertNotFound, NotAsShown, NotFound
from yemae.values.instants import Instant, instant, instant_or_none

PATH = "/v1/admin/concerts/{concert_id}/readiness"
SIGN = msgspec.json.Decoder(SignConcertOff)


async def show_doctor(call: Call) -> Answer:
    """What stands in the way of a sale on the machine that answers, as `yemae doctor` says it. At
    most 20 seconds old."""
    call.operator()
    settings = call.runtime.settings

    async def look() -> Examination:
        # What answers has long been started.
        findings = await asyncio.to_thread(examine, settings, patience_s=0.0)
        return _examination(findings, datetime.now(UTC))

    return Answer(200, await call.runtime.examination.get(look), (UNSTORED,))


async def show_readiness(call: Call) -> Answer:
    """Whether the sale of a concert can go: fans in line, the seal of the draw, plans and prices,
    the last rehearsal, and who has signed."""
    call.operator()
    concert = call.runtime.catalogue.concert(call.path("concert_id"))
    found = await readiness.read(call.runtime, concert)
    at = instant(call.runtime.now())
    return Answer(200, _body(found, concert.id, concert.currency, at), (UNSTORED,))


async def sign_off(call: Call) -> Answer:
    """Sign the sale of a concert off, by name. It is taken back by itself when a plan or a price
    changes."""
    who = call.operator()
    concert = call.runtime.catalogue.concert(call.path("concert_id"))
    body = await call.body(SIGN)
    new = NewSignOff(body.name, body.note or "", body.expected_fans, body.digest)
    return Answer(201, SignedOff(await readiness.sign(call.runtime, concert, who, new)))


async def take_sign_off_back(call: Call) -> Answer:
    """Take a sign-off back, one's own or another's. It stays in the list, and in the log."""
    who, sign_off_id = call.operator(), call.path_uuid("sign_off_id")
    concert = call.runtime.catalogue.concert(call.path("concert_id"))
    if sign_off_id is None:
        raise NotFound
    await readiness.take_back(call.runtime, concert, who, sign_off_id)
    return Answer(204)


def _examination(findings: list[Finding], at: datetime) -> Examination:
    state = state_of(findings)
    assert state != "not_checked", "what was not checked is no fault"
    checks = [
        CheckBody(each.check, each.state, each.reason, each.says, each.cure or None)
        for each in findings
    ]
    return Examination(state, __version__, instant(at), checks)


def _body(found: Readiness, concert_id: str, currency: str, at: Instant) -> ReadinessBody:
    return ReadinessBody(
        concert_id=concert_id,
        at=at,
        currency=currency,
        digest=found.digest,
        dates=[DateHallBody(*each) for each in found.dates],
        waiting=found.waiting,
        absent=found.absent,
        draw_seal=found.draw_seal,
        rehearsal=None if found.rehearsal is None else _rehearsal(found.rehearsal),
        expected_fans=found.expected_fans,
        is_expected_stated=found.is_expected_stated,
        sign_offs=[
            SignOffBody(
                each.id,
                each.name,
                each.who,
                each.note,
                each.expected_fans,
                instant(each.signed_at),
                instant_or_none(each.withdrawn_at),
                each.state,
            )
            for each in found.sign_offs
        ],
        holds=found.holds(),
    )


def _rehearsal(run: RehearsalRun) -> RehearsalBody:
    return RehearsalBody(
        instant(run.at), run.version, run.fans, run.seats_sold, run.was_stopped, run.problems
    )


OPERATIONS = (
    Operation(
        "show_doctor",
        "GET",
        "/v1/admin/doctor",
        "admin",
        "What stands in the way of a sale on this machine",
        show_doctor,
        (Shown(200, "The checks", Examination, EXAMPLE_EXAMINATION, headers=("Cache-Control",)),),
        GATES,
        signed_in=True,
    ),
    Operation(
        "show_readiness",
        "GET",
        PATH,
        "admin",
        "Whether a sale can go",
        show_readiness,
        (Shown(200, "What is known", ReadinessBody, EXAMPLE, headers=("Cache-Control",)),),
        (*GATES, ConcertNotFound),
        signed_in=True,
    ),
    Operation(
        "sign_off",
        "POST",
        f"{PATH}/sign-offs",
        "admin",
        "Sign a sale off",
        sign_off,
        (Shown(201, "The sign-off", SignedOff, {"id": EXAMPLE_ID}),),
        (*GATES, ConcertNotFound, NotAsShown, *OF_BODIES),
        body=SignConcertOff,
        body_example={"name": "Ann Kim", "expected_fans": 3000, "digest": EXAMPLE_DIGEST},
        signed_in=True,
    ),
    Operation(
        "take_sign_off_back",
        "DELETE",
        f"{PATH}/sign-offs/{{sign_off_id}}",
        "admin",
        "Take a sign-off back",
        take_sign_off_back,
        (Shown(204, "It is taken back"),),
        (*GATES, ConcertNotFound),
        signed_in=True,
    ),
)

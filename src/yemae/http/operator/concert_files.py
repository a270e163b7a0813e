"""Concerts made and changed without a file on a disk: a file's text or its document, what it would
change, and the change."""

import asyncio

import msgspec

from yemae.back_office import concert_files
from yemae.back_office.concert_files import Compared
from yemae.concerts.files import documents
from yemae.concerts.limits import Slug
from yemae.concerts.seat_map import plan_svg
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Operation, Parameter, Shown
from yemae.http.operator.concert_file_shapes import (
    BODY_MAX_BYTES,
    EXAMPLE_DOCUMENT,
    EXAMPLE_FILE,
    EXAMPLE_OF_COMPARISON,
    EXAMPLE_TOML,
    ApplyConcertFile,
    CompareConcertFile,
    ConcertFileBody,
    ConcertFileComparison,
    DiffLine,
    Previews,
)
from yemae.http.operator.gate import require_concert
from yemae.http.operator.matrix import MATRIX
from yemae.http.operator.roles import GATES
from yemae.http.server.call import Call
from yemae.refusals import (
    ConcertFileNotAgreed,
    ConcertFileNotKept,
    ConcertFileRefused,
    ConcertNotFound,
    InvalidRequest,
    NotAsShown,
)
from yemae.values import markdown

COMPARE = msgspec.json.Decoder(CompareConcertFile)
APPLY = msgspec.json.Decoder(ApplyConcertFile)
# A picture of more seats is too large for an answer.
DRAWN_SEATS_MAX = 10_000


async def show_file(call: Call) -> Answer:
    """The concert as a file, with everything that `yemae concerts load` takes but presale codes,
    which stay on the server, and comments."""
    call.operator()
    text = await concert_files.read(call.runtime, call.path("concert_id"))
    return _file(text)


async def copy_file(call: Call) -> Answer:
    """The file of a new concert like this one, to be changed and applied: hidden, with the new id,
    and without poster and presale codes. Nothing is written."""
    call.operator()
    try:
        new_id = msgspec.convert(call.query("id"), Slug)
    except msgspec.ValidationError:
        raise InvalidRequest.of("id", "Expected a slug, such as small-hall") from None
    copy = await concert_files.copy(call.runtime, call.path("concert_id"), new_id)
    return _file(concert_files.text_of(copy))


async def compare(call: Call) -> Answer:
    """What a concert file would change, as `yemae concerts load --dry-run` says it, with pictures
    of the plan and the texts as fans see them. Nothing is written. `questions` are changes of what
    fans have bought by, after the first sale."""
    call.operator()
    body = await call.body(COMPARE, BODY_MAX_BYTES)
    compared = await concert_files.compare(call.runtime, _text(body), _allowed(call))
    return Answer(200, await _comparison(compared), (UNSTORED,))


async def apply(call: Call) -> Answer:
    """Make the concert of a file, or change it, exactly as it was compared: `digest` is that of the
    comparison, and `agreed` says yes to its questions."""
    who = call.operator()
    body = await call.body(APPLY, BODY_MAX_BYTES)
    applied = await concert_files.apply(
        call.runtime,
        _text(body),
        _allowed(call),
        who=who,
        digest=body.digest,
        agreed=body.agreed,
    )
    return Answer(200, await _comparison(applied), (UNSTORED,))


def _allowed(call: Call) -> concert_files.Allowed:
    """A role for one concert opens that one only."""
    return lambda concert_id: require_concert(call, MATRIX["apply_concert_file"], concert_id)


def _text(body: CompareConcertFile) -> str:
    if isinstance(body.toml, str) == isinstance(body.document, dict):
        raise InvalidRequest.of("toml", "Expected either toml or document")
    if isinstance(body.document, dict):
        return concert_files.text_of(body.document)
    assert isinstance(body.toml, str)
    return body.toml


def _file(text: str) -> Answer:
    document = documents.document_of(text)
    return Answer(200, ConcertFileBody(document["id"], text, document), (UNSTORED,))


async def _comparison(compared: Compared) -> ConcertFileComparison:
    result, concert = compared.result, compared.concert
    picture = None
    if result.seats <= DRAWN_SEATS_MAX:
        # The title stands above the form.
        picture = await asyncio.to_thread(plan_svg.draw, concert.plan, "", concert.currency)
    details = concert.details
    texts = (
        None if text is None else markdown.to_html(text)
        for text in (
            details.description,
            details.description_en,
            details.notices,
            details.notices_en,
        )
    )
    return ConcertFileComparison(
        concert_id=concert.id,
        is_new=result.is_new,
        performances=result.performances,
        seats=result.seats,
        changes=[DiffLine(each.mark, each.what, each.detail.strip()) for each in result.changes],
        questions=[each.what for each in result.questions],
        warnings=list(result.warnings),
        digest=compared.digest,
        toml=compared.text,
        document=documents.document_of(compared.text),
        plan_svg=picture,
        previews=Previews(*texts),
    )


OF_FILES = (ConcertFileRefused, *OF_BODIES)
NEW_ID = Parameter(
    "id", "query", "The id of the new concert.", {"type": "string", "maxLength": 63}, required=True
)

OPERATIONS = (
    Operation(
        "show_concert_file",
        "GET",
        "/v1/admin/concerts/{concert_id}/file",
        "admin",
        "A concert as a file",
        show_file,
        (Shown(200, "The file", ConcertFileBody, EXAMPLE_FILE, headers=("Cache-Control",)),),
        (*GATES, ConcertNotFound, ConcertFileNotKept),
        signed_in=True,
    ),
    Operation(
        "copy_concert_file",
        "GET",
        "/v1/admin/concerts/{concert_id}/copy",
        "admin",
        "The file of a concert like another one",
        copy_file,
        (Shown(200, "The file", ConcertFileBody, EXAMPLE_FILE, headers=("Cache-Control",)),),
        (*GATES, ConcertNotFound, InvalidRequest, ConcertFileNotKept),
        parameters=(NEW_ID,),
        signed_in=True,
    ),
    Operation(
        "compare_concert_file",
        "POST",
        "/v1/admin/concert-files/comparison",
        "admin",
        "What a concert file would change",
        compare,
        (
            Shown(
                200,
                "What would change",
                ConcertFileComparison,
                EXAMPLE_OF_COMPARISON,
                headers=("Cache-Control",),
            ),
        ),
        (*GATES, *OF_FILES),
        body=CompareConcertFile,
        body_example={"document": EXAMPLE_DOCUMENT},
        signed_in=True,
    ),
    Operation(
        "apply_concert_file",
        "POST",
        "/v1/admin/concert-files",
        "admin",
        "Make or change a concert by its file",
        apply,
        (
            Shown(
                200,
                "What has changed",
                ConcertFileComparison,
                EXAMPLE_OF_COMPARISON,
                headers=("Cache-Control",),
            ),
        ),
        (*GATES, *OF_FILES, NotAsShown, ConcertFileNotAgreed),
        body=ApplyConcertFile,
        body_example={"toml": EXAMPLE_TOML, "digest": EXAMPLE_OF_COMPARISON["digest"]},
        signed_in=True,
    ),
)

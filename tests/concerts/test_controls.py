"""What operators set, beside the file: rules of the change itself, and the log."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from uuid_utils.compat import uuid7

from helpers.concerts import HALL
from helpers.owner import as_owner
from yemae.concerts import controls
from yemae.concerts.controls import Controls, Queue, changed
from yemae.concerts.queue_settings import CurrentSettings
from yemae.refusals import InvalidRequest
from yemae.runtime import Runtime
from yemae.settings import Settings

SALE = datetime(2030, 1, 10, tzinfo=UTC)
FILE: dict[str, Any] = {
    "sale_opens_at": SALE,
    "prequeue_opens_at": None,
    "queueing_method": "fifo",
    "active_limit": 100,
    "admit_per_minute": 600,
    "entry_ttl_s": 600,
    "absent_after_s": 45,
    "place_ttl_s": 3_600,
    "joins_per_address_per_minute": 0,
    "proof_of_work": False,
}


def test_a_queue_that_the_file_has_made_wrong_can_still_be_changed_elsewhere() -> None:
    # The operator's prequeue was right until a load brought another sale_opens_at.
    queue = Queue(FILE, Controls(overrides={"prequeue_opens_at": datetime(2030, 2, 1, tzinfo=UTC)}))
    assert changed(queue, {"active_limit": 5}).effective().active_limit == 5
    with pytest.raises(InvalidRequest, match="prequeue_opens_at"):
        changed(queue, {"sale_opens_at": datetime(2030, 1, 11, tzinfo=UTC)})
    assert changed(queue, {"prequeue_opens_at": None}).controls == Controls()


def test_what_an_operator_sets_holds_and_what_not_is_the_file_s() -> None:
    queue = changed(Queue(FILE, Controls()), {"proof_of_work": True, "message_en": "Hello"})
    assert queue.controls.overrides == {"proof_of_work": True, "message_en": "Hello"}
    assert queue.effective() == CurrentSettings(
        **FILE | {"proof_of_work": True, "message_en": "Hello"}
    )


def test_false_and_zero_are_values_and_not_the_file_s() -> None:
    file = {**FILE, "proof_of_work": True, "joins_per_address_per_minute": 9}
    queue = changed(
        Queue(file, Controls()), {"proof_of_work": False, "joins_per_address_per_minute": 0}
    )
    assert queue.effective().proof_of_work is False
    assert queue.effective().joins_per_address_per_minute == 0


@pytest.mark.parametrize(
    "statement",
    [
        "update queue_actions set who = 'another'",
        "delete from queue_actions",
        "truncate queue_actions",
    ],
)
async def test_a_line_of_the_log_is_never_changed(
    runtime: Runtime, settings: Settings, statement: str
) -> None:
    async with runtime.postgres.transaction() as tx:
        await controls.log(tx, uuid7(), HALL, "op", "set", {"a": "한글"})
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="never changed"):
        as_owner(settings, statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with runtime.postgres.transaction() as tx:
            await tx.send(statement.encode())
    async with runtime.postgres.transaction() as tx:
        (line,) = await controls.actions(tx, HALL, before=None, limit=10)
    assert (line.who, line.action, line.details) == ("op", "set", {"a": "한글"})

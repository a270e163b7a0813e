"""What cannot be a value of a queue command is one sentence with the setting and its limits."""

import pytest

from helpers.command import yemae
from yemae.concerts.queue_settings import NAMES, allowed

WHAT_IS_REFUSED = [
    (("set", "hall", "active_limit"), "'active_limit' cannot be used: expected KEY=VALUE, each"),
    (("set", "hall", "nonsense=1"), "'nonsense=1' cannot be used: expected KEY=VALUE, each key"),
    (("set", "hall", "active_limit=1", "active_limit=2"), "each key once"),
    (
        ("set", "hall", "active_limit=0"),
        "active_limit must be a whole number from 1 to 1,000,000, not '0'.",
    ),
    (
        ("set", "hall", "entry_ttl_s=many"),
        "entry_ttl_s must be a whole number from 30 to 86,400, not 'many'.",
    ),
    (
        ("set", "hall", "queueing_method=lifo"),
        "queueing_method must be fifo, draw, passthrough or reject, not 'lifo'.",
    ),
    (
        ("set", "hall", "proof_of_work=perhaps"),
        "proof_of_work must be true or false, not 'perhaps'.",
    ),
    (
        ("set", "hall", "sale_opens_at=2029-01-01T00:00:00"),
        "sale_opens_at must be a time with its offset from UTC, such as "
        "2026-11-22T20:00:00+09:00, not '2029-01-01T00:00:00'.",
    ),
    (
        ("set", "hall", f"message_en={'a' * 501}"),
        "message_en must be one line that is not blank and has no control characters, of at most "
        "500 characters, not a text of 501 characters.",
    ),
    (("set", "hall"), "Missing argument 'KEY=VALUE...'. Type `yemae queue set --help`."),
    (
        ("revoke", "hall", "@cash"),
        "'@cash' cannot be a user id, an e-mail address or a queue number.",
    ),
    (("admit", "hall", "0"), "COUNT must be a whole number from 1 to 10,000, not '0'."),
    (("admit", "hall", "10001"), "COUNT must be a whole number from 1 to 10,000, not '10001'."),
    (("admit", "hall", "-5"), "COUNT must be a whole number from 1 to 10,000, not '-5'."),
    (("admit", "hall", "many"), "COUNT must be a whole number from 1 to 10,000, not 'many'."),
    (("log", "hall", "--limit", "0"), "--limit must be a whole number from 1 to 1,000, not '0'."),
]


@pytest.mark.parametrize(("arguments", "expected"), WHAT_IS_REFUSED)
def test_a_value_that_cannot_be_used_is_one_sentence_with_its_limits(
    arguments: tuple[str, ...], expected: str
) -> None:
    done = yemae("queue", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"yemae: {expected}") or expected == "each key once"
    assert expected in done.err
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_says_what_it_may_be(name: str) -> None:
    assert allowed(name).startswith(("a whole number", "a time", "one line", "true", "fifo"))
    assert allowed(name).startswith("true") == (name == "proof_of_work")

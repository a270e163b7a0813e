"""Challenges: what solves one, and what does not."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import altcha
import pytest

from helpers.proofs import solve
from yemae.refusals import ProofOfWorkInvalid
from yemae.waiting_room.challenges import PAYLOAD_MAX_CHARS, Challenges

HALL = "hall"
TTL_S = 3_600
NOW = int(time.time())
SECRET_KEY = "a secret key that only this test knows, of 32 characters"
CHALLENGES = Challenges(SECRET_KEY, ttl_s=TTL_S, cost=1, counter_max=50)


def encoded(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def decoded(payload: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(base64.b64decode(payload))
    return document


def new() -> dict[str, Any]:
    return CHALLENGES.new(HALL, NOW)


def refused(payload: str, concert_id: str = HALL, now_s: float = NOW) -> None:
    with pytest.raises(ProofOfWorkInvalid):
        CHALLENGES.solved(payload, concert_id, now_s)


def test_a_solved_challenge_is_known_by_its_nonce_and_its_end() -> None:
    challenge = new()
    solved = CHALLENGES.solved(solve(challenge), HALL, NOW)
    assert solved.id.hex() == challenge["parameters"]["nonce"]
    assert solved.minute == (NOW + TTL_S) // 60


def test_a_challenge_is_what_altcha_s_clients_expect() -> None:
    challenge = new()
    assert challenge.keys() == {"parameters", "signature"}
    parameters = challenge["parameters"]
    assert parameters["algorithm"] == "PBKDF2/SHA-256"
    assert (parameters["cost"], parameters["keyLength"]) == (1, 32)
    assert len(parameters["keyPrefix"]) == 32
    assert parameters["expiresAt"] == NOW + TTL_S
    assert new()["parameters"]["nonce"] != parameters["nonce"]


def test_every_counter_up_to_the_most_may_be_the_one() -> None:
    few = Challenges(SECRET_KEY, ttl_s=TTL_S, cost=1, counter_max=2)
    counters: set[int] = set()
    for _ in range(60):
        solution = altcha.solve_challenge(altcha.Challenge.from_dict(few.new(HALL, NOW)))
        assert solution is not None
        counters.add(solution.counter)
    assert counters == {0, 1, 2}


def test_a_solution_is_good_for_its_concert_only() -> None:
    refused(solve(new()), "another")


def test_a_solution_is_good_until_the_challenge_ends() -> None:
    payload = solve(new())
    CHALLENGES.solved(payload, HALL, NOW + TTL_S - 1)
    refused(payload, now_s=NOW + TTL_S)


def test_a_challenge_that_has_ended_by_the_wall_clock_is_refused() -> None:
    refused(solve(CHALLENGES.new(HALL, NOW - TTL_S - 10)), now_s=NOW - TTL_S)


def test_a_challenge_signed_with_another_key_is_refused() -> None:
    other = Challenges("another" + SECRET_KEY, ttl_s=TTL_S, cost=1, counter_max=5)
    refused(solve(other.new(HALL, NOW)))


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p["challenge"].update(signature=None),
        lambda p: p["challenge"].update(signature=["x"]),
        lambda p: p["challenge"].pop("signature"),
        lambda p: p["challenge"]["parameters"].update(expiresAt=NOW + 10 * TTL_S),
        lambda p: p["challenge"]["parameters"].update(expiresAt=None),
        lambda p: p["challenge"]["parameters"].pop("expiresAt"),
        lambda p: p["challenge"]["parameters"].update(data={"concert": "another"}),
        lambda p: p["challenge"]["parameters"].update(data=None),
        lambda p: p["challenge"]["parameters"].update(keyPrefix=""),
        lambda p: p["challenge"]["parameters"].update(cost=0),
        lambda p: p["challenge"]["parameters"].update(nonce="00" * 16),
        lambda p: p["challenge"]["parameters"].pop("keySignature"),
        lambda p: p["challenge"]["parameters"].update(__proto__=1, data={"__proto__": 1}),
        lambda p: p["solution"].update(derivedKey="00" * 32),
        lambda p: p["solution"].update(derivedKey=7),
        lambda p: p["solution"].update(derivedKey=None),
        lambda p: p["solution"].pop("derivedKey"),
        lambda p: p["solution"].pop("counter"),
        lambda p: p.update(solution="text"),
        lambda p: p.update(solution=None),
        lambda p: p.update(challenge=[]),
        lambda p: p["challenge"].update(parameters=None),
        lambda p: p["challenge"].update(parameters="text"),
        lambda p: p.pop("challenge"),
    ],
)
def test_whatever_is_changed_in_a_payload_is_noticed(change: Change) -> None:
    payload = decoded(solve(new()))
    change(payload)
    refused(encoded(payload))


def test_a_payload_has_a_largest_size_however_right_it_is() -> None:
    solution = json.dumps(decoded(solve(new())))
    for chars, is_read in ((PAYLOAD_MAX_CHARS, True), (PAYLOAD_MAX_CHARS + 4, False)):
        payload = base64.b64encode(solution.ljust(chars // 4 * 3).encode()).decode()
        assert len(payload) == chars
        if is_read:
            CHALLENGES.solved(payload, HALL, NOW)
        else:
            refused(payload)


@pytest.mark.parametrize("way", ["{}.0", "{}e0", "{}.000", "{}0e-1"])
def test_the_same_end_written_in_another_way_is_the_same_challenge(way: str) -> None:
    """It is signed by its value; were it remembered as another one, it could be used again."""
    payload = solve(new())
    document = base64.b64decode(payload).decode()
    rewritten = document.replace(str(NOW + TTL_S), way.format(NOW + TTL_S))
    assert rewritten != document
    again = base64.b64encode(rewritten.encode()).decode()
    first, second = (CHALLENGES.solved(each, HALL, NOW) for each in (payload, again))
    assert (first, str(first.minute)) == (second, str(second.minute))


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "no base64!",
        "AAAA",
        "한글",
        "\ud800",
        encoded(None),
        encoded(7),
        encoded([]),
        encoded({}),
        encoded("text"),
        base64.b64encode(b"\xff\xfe{}").decode(),
        base64.b64encode(b'{"challenge": NaN, "solution": Infinity}').decode(),
        base64.b64encode(b"[" * 1_500).decode(),
        base64.b64encode(b"9" * 1_500).decode(),
        "A" * (PAYLOAD_MAX_CHARS + 1),
        "A" * 1_000_000,
    ],
)
def test_what_is_no_payload_is_refused(payload: str) -> None:
    refused(payload)


def test_numbers_beyond_all_bounds_are_refused() -> None:
    for number in ("1e999", "-1e999", "NaN", "1" * 600, "-0.0"):
        payload = base64.b64decode(solve(new())).decode().replace(str(NOW + TTL_S), number)
        refused(base64.b64encode(payload.encode()).decode())

"""What a top-up does to a balance: properties of the pure decision."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from yemae.refusals import BalanceLimitExceeded, IdempotencyConflict, Refusal, TopUpClosed
from yemae.wallet.decide import TopUpRequest, Transfer, decide_top_ups

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 1_000
USERS = ("ann", "ben")

request_lists = st.lists(
    st.builds(
        TopUpRequest,
        user_id=st.sampled_from(USERS),
        amount=st.sampled_from([1, 300, 300, 600, MOST]),
        idempotency_key=st.sampled_from(["k1", "k2", "k3", "k4"]),
    ),
    max_size=10,
)
wallets = st.fixed_dictionaries({user: st.integers(0, MOST) for user in USERS})


def top_up(
    requests: Sequence[TopUpRequest],
    balances: Mapping[str, int],
    earlier: Mapping[tuple[str, str], Transfer] | None = None,
    room: int | None = None,
) -> list[Transfer | Refusal]:
    ids = count(1)
    return decide_top_ups(
        requests,
        balances,
        earlier or {},
        now=NOW,
        balance_max=MOST,
        currency="KRW",
        new_id=lambda: UUID(int=next(ids)),
        room=room,
    )


def credited(answers: Sequence[object]) -> list[Transfer]:
    """The distinct transfers among the answers."""
    return list({a.id: a for a in answers if isinstance(a, Transfer)}.values())


@given(request_lists, wallets)
def test_each_key_is_credited_once_and_balances_add_up(
    requests: list[TopUpRequest], balances: dict[str, int]
) -> None:
    answers = top_up(requests, balances)
    lines = credited(answers)
    keys = [(line.user_id, line.idempotency_key) for line in lines]
    assert len(keys) == len(set(keys)), "a key was credited twice"
    balance = dict(balances)
    for line in lines:
        balance[line.user_id] += line.amount
        assert line.balance_after == balance[line.user_id] <= MOST
    for request, answer in zip(requests, answers, strict=True):
        if isinstance(answer, Transfer):
            assert (answer.user_id, answer.amount, answer.idempotency_key) == request


@given(request_lists, wallets)
def test_a_batch_decides_as_if_the_top_ups_came_one_after_the_other(
    requests: list[TopUpRequest], balances: dict[str, int]
) -> None:
    left, earlier = dict(balances), dict[tuple[str, str], Transfer]()
    for request, answer in zip(requests, top_up(requests, balances), strict=True):
        (alone,) = top_up([request], left, earlier)
        assert type(alone) is type(answer)
        if isinstance(answer, Transfer):
            assert isinstance(alone, Transfer)
            assert alone._replace(id=answer.id) == answer
            if (request.user_id, request.idempotency_key) not in earlier:
                left[request.user_id] = answer.balance_after
                earlier[request.user_id, request.idempotency_key] = answer


def test_the_line_says_where_the_money_came_from() -> None:
    (line,) = top_up([TopUpRequest("ann", 5, "k")], {"ann": 10})
    assert line == Transfer(
        UUID(int=1), "ann", "top_up", "@cash", "ann", 5, 15, None, "k", NOW
    )  # fmt: skip


def test_the_same_key_gives_the_same_line_even_when_it_would_not_fit_again() -> None:
    request = TopUpRequest("ann", 600, "k")
    first, again = top_up([request, request], {"ann": 0})
    assert again is first
    (later,) = top_up([request], {"ann": 600}, {("ann", "k"): credited([first])[0]})
    assert later is first


def test_the_same_key_with_another_amount_is_a_conflict() -> None:
    answers = top_up([TopUpRequest("ann", 5, "k"), TopUpRequest("ann", 6, "k")], {"ann": 0})
    assert isinstance(answers[1], IdempotencyConflict)


def test_a_key_belongs_to_one_fan() -> None:
    requests = [TopUpRequest("ann", 5, "k"), TopUpRequest("ben", 6, "k")]
    assert len(credited(top_up(requests, {"ann": 0, "ben": 0}))) == 2


def test_more_than_a_wallet_may_hold_is_refused_and_changes_nothing() -> None:
    requests = [TopUpRequest("ann", 2, "a"), TopUpRequest("ann", 1, "a")]
    refused, fits = top_up(requests, {"ann": MOST - 1})
    assert isinstance(refused, BalanceLimitExceeded)
    assert refused.limit == MOST
    assert isinstance(fits, Transfer)
    assert fits.balance_after == MOST


@given(request_lists, wallets, st.integers(0, 3 * MOST))
def test_what_is_credited_fits_into_the_room_and_what_fits_is_credited(
    requests: list[TopUpRequest], balances: dict[str, int], room: int
) -> None:
    left, seen = room, set[UUID]()
    for request, answer in zip(requests, top_up(requests, balances, room=room), strict=True):
        if isinstance(answer, TopUpClosed):
            assert request.amount > left
        elif isinstance(answer, Transfer) and answer.id not in seen:
            seen.add(answer.id)
            left -= request.amount
            assert left >= 0


def test_an_amount_that_is_just_the_room_is_credited_and_takes_all_of_it() -> None:
    requests = [TopUpRequest("ann", 5, "a"), TopUpRequest("ben", 1, "b")]
    answers = top_up(requests, {"ann": 0, "ben": 0}, room=5)
    assert [type(answer) for answer in answers] == [Transfer, TopUpClosed]

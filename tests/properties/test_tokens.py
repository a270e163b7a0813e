"""Queue tokens and entry tokens: whatever place or pass they carry."""

import hmac
from datetime import UTC, datetime

import jwt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yemae.accounts.access import Issuer
from yemae.refusals import (
    EntryTokenInvalid,
    EntryTokenMismatch,
    EntryTokenMissing,
    QueueTokenExpired,
    QueueTokenInvalid,
    Refusal,
    Unauthenticated,
)
from yemae.waiting_room import queue_numbers
from yemae.waiting_room.tokens import EntryToken, QueueToken, TokenKeys

SECRET = "a secret that only this test knows, 32 characters or more"
OTHER_SECRET = "another secret that only this test knows, 32 or more chars"
TTL_S = 86_400

# As the catalogue and the issuer allow them. A number in turn is a time in microseconds since 2020,
# a drawn one is lower.
concert_ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True)
user_ids = st.from_regex(r"[!-?A-~][!-~]{0,127}", fullmatch=True)
# One moment for all examples: Hypothesis repeats them, and has to find the same text again.
NOW_US = int((datetime.now(UTC).timestamp() - queue_numbers.EPOCH_S) * 1_000_000)
now_us = st.integers(0, 70_000 * 1_000_000).map(lambda ago: NOW_US - ago)
lanes = st.integers(0, 3)
proofs = st.sampled_from(["", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"])
places = st.builds(QueueToken, concert_ids, user_ids, now_us, lanes, proofs)
drawn = st.builds(QueueToken, concert_ids, user_ids, st.integers(1, queue_numbers.DRAWN - 1), lanes)
ends = st.integers(0, 4_000_000_000)
passes = st.builds(EntryToken, concert_ids, user_ids, now_us, ends, proofs)


def keys(secret: str = SECRET) -> TokenKeys:
    return TokenKeys(secret, TTL_S)


def read(tokens: TokenKeys, text: str, number: int = 0) -> QueueToken:
    """Read a place; `number` is what the draw gives."""
    return tokens.read_place(text, lambda *_: number)


@given(places)
def test_a_queue_token_is_the_place(place: QueueToken) -> None:
    assert read(keys(), keys().sign_place(place)) == place


@given(drawn)
def test_a_drawn_place_does_not_tell_its_number(place: QueueToken) -> None:
    opens_at_s = int(datetime.now(UTC).timestamp()) + 3_600
    text = keys().sign_place(place, opens_at_s)
    assert text == keys().sign_place(place._replace(number=queue_numbers.DRAWN - 1), opens_at_s)
    assert jwt.decode(text, options={"verify_signature": False})["number"] == 0
    assert read(keys(), text, place.number) == place


@given(passes)
def test_an_entry_token_is_the_pass(entry: EntryToken) -> None:
    text = keys().sign_pass(entry)
    assert keys().read_pass(text, entry.user_id) == entry


@given(places)
def test_the_same_place_has_the_same_token_at_any_time_and_on_any_node(place: QueueToken) -> None:
    later = keys()
    later.queue.clock_offset_s = 1_000
    assert keys().sign_place(place) == later.sign_place(place)


@given(places, places)
def test_different_places_have_different_tokens(one: QueueToken, other: QueueToken) -> None:
    assume(one != other)
    assert keys().sign_place(one) != keys().sign_place(other)


@given(places)
def test_a_place_ends_a_time_after_its_number_was_given_out(place: QueueToken) -> None:
    tokens = keys()
    text = tokens.sign_place(place)
    ends_at_s = queue_numbers.given_out_s(place.number) + queue_numbers.BLOCK_MAX_S + TTL_S
    tokens.queue.clock_offset_s = ends_at_s - 60 - tokens.queue.now()
    assert read(tokens, text) == place
    tokens.queue.clock_offset_s += 60
    with pytest.raises(QueueTokenExpired):
        read(tokens, text)


def test_tokens_that_earlier_versions_signed_are_read() -> None:
    """The key of each kind and the names of the claims stay: fans keep their places while servers
    are upgraded."""

    def signed(purpose: str, claims: dict[str, object]) -> str:
        key = hmac.digest(SECRET.encode(), purpose.encode(), "sha256")
        return jwt.encode(claims, key, "HS256")

    number = queue_numbers.DRAWN * 2
    claims = {"sub": "ann", "concert": "hall", "number": number, "exp": 4_000_000_000}
    bound = {**claims, "proof": "hash"}
    tokens = keys()
    for given_, place in (
        (claims, QueueToken("hall", "ann", number)),
        ({**bound, "lane": 2}, QueueToken("hall", "ann", number, 2, "hash")),
    ):
        assert read(tokens, signed("yemae queue token", given_)) == place
    for given_, entry in (
        (claims, EntryToken("hall", "ann", number, 4_000_000_000)),
        (bound, EntryToken("hall", "ann", number, 4_000_000_000, "hash")),
    ):
        assert tokens.read_pass(signed("yemae entry token", given_), "ann") == entry


def test_a_token_carries_a_lane_and_a_proof_only_where_there_is_one() -> None:
    names = {"sub", "concert", "number", "exp"}
    place, entry = QueueToken("hall", "ann", 5), EntryToken("hall", "ann", 5, 4_000_000_000)
    for text, carried in (
        (keys().sign_place(place), names),
        (keys().sign_place(place._replace(lane=1)), names | {"lane"}),
        (keys().sign_place(place._replace(proof="hash")), names | {"proof"}),
        (keys().sign_pass(entry), names),
        (keys().sign_pass(entry._replace(proof="hash")), names | {"proof"}),
    ):
        assert jwt.decode(text, options={"verify_signature": False}).keys() == carried


def test_the_clock_that_is_given_decides_what_has_expired() -> None:
    now_s = 1_000.0
    tokens = TokenKeys(SECRET, TTL_S, lambda: now_s)
    text = tokens.sign_place(QueueToken("hall", "ann", 5), opens_at_s=2_000)
    assert (tokens.queue.now(), tokens.entry.now()) == (now_s, now_s)
    now_s = 2_000 + TTL_S - 0.1
    assert read(tokens, text, 5).number == 5
    now_s = 2_000 + TTL_S
    with pytest.raises(QueueTokenExpired):
        read(tokens, text, 5)


@given(passes, user_ids)
def test_a_pass_is_for_its_own_user(entry: EntryToken, user_id: str) -> None:
    tokens = keys()
    text = tokens.sign_pass(entry)
    if user_id != entry.user_id:
        with pytest.raises(EntryTokenMismatch):
            tokens.read_pass(text, user_id)


@given(places, passes)
def test_no_kind_of_token_passes_for_another(place: QueueToken, entry: EntryToken) -> None:
    tokens, issuer = keys(), Issuer(SECRET, 600)
    queue, pass_text = tokens.sign_place(place), tokens.sign_pass(entry)
    access = issuer.issue(place.user_id).text
    assert issuer.user_id(access) == place.user_id
    for text in (queue, access):
        with pytest.raises(EntryTokenInvalid):
            tokens.read_pass(text, place.user_id)
    for text in (pass_text, access):
        with pytest.raises(QueueTokenInvalid):
            read(tokens, text)
    for text in (queue, pass_text):
        with pytest.raises(Unauthenticated):
            issuer.user_id(text)


@given(places, passes)
def test_tokens_of_another_secret_are_not_ours(place: QueueToken, entry: EntryToken) -> None:
    ours, theirs = keys(), keys(OTHER_SECRET)
    with pytest.raises(QueueTokenInvalid):
        read(ours, theirs.sign_place(place))
    with pytest.raises(EntryTokenInvalid):
        ours.read_pass(theirs.sign_pass(entry), entry.user_id)
    with pytest.raises(Unauthenticated):
        Issuer(SECRET, 600).user_id(Issuer(OTHER_SECRET, 600).issue(entry.user_id).text)


@given(places, passes, st.data())
def test_a_token_that_was_tampered_with_is_invalid(
    place: QueueToken, entry: EntryToken, data: st.DataObject
) -> None:
    tokens = keys()

    def tampered(text: str) -> str:
        spot = data.draw(st.integers(0, len(text) - 2))
        letter = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda c: c != text[spot]))
        return text[:spot] + letter + text[spot + 1 :]

    with pytest.raises(QueueTokenInvalid):
        read(tokens, tampered(tokens.sign_place(place)))
    with pytest.raises(EntryTokenInvalid):
        tokens.read_pass(tampered(tokens.sign_pass(entry)), entry.user_id)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [(None, EntryTokenMissing), ("", EntryTokenMissing), ("x", EntryTokenInvalid)],
)
def test_no_token_is_missing_and_nonsense_is_invalid(
    text: str | None, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        keys().read_pass(text, "ann")
    with pytest.raises(QueueTokenInvalid):
        keys().read_place(text, lambda *_: 0)
    with pytest.raises(Unauthenticated):
        Issuer(SECRET, 600).user_id(text)


@given(user_ids, st.integers(60, 100_000))
def test_an_access_token_works_until_its_end(user_id: str, ttl_s: int) -> None:
    issuer = Issuer(SECRET, ttl_s)
    token = issuer.issue(user_id)
    issuer.signer.clock_offset_s = ttl_s - 30
    assert issuer.user_id(token.text) == user_id
    issuer.signer.clock_offset_s = ttl_s
    with pytest.raises(Unauthenticated):
        issuer.user_id(token.text)
    assert token.expires_at.timestamp() <= issuer.signer.now()


@pytest.mark.parametrize("user_id", ["", "@cash", "@", "a b", "a\n", "é", "예매", "x" * 129])
def test_an_access_token_of_an_impossible_user_is_refused(user_id: str) -> None:
    """Such as one of the ledger's own accounts, from a login that is not ours."""
    issuer = Issuer(SECRET, 600)
    with pytest.raises(Unauthenticated):
        issuer.user_id(issuer.issue(user_id).text)

"""Signed tokens: what a `Signer` trusts, and what it remembers."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.base import signing
from yemae.base.signing import TOKEN_MAX_CHARS, Signer

SECRET = "a secret that only this test knows, 32 characters or more"
OTHER_SECRET = "another secret that only this test knows, 32 or more chars"
CLAIMS = {"sub": "ann", "exp": 2_000_000_000}

texts = st.text(st.characters(codec="utf-8"), max_size=20)
ODD_MOMENTS: list[Any] = ["1", True, None, [], -1]
claim_sets = st.fixed_dictionaries(
    {"sub": texts, "exp": st.integers(0, 2**37)},
    optional={"concert": texts, "number": st.integers(0, 2**63)},
)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def hand_made(header: dict[str, Any], claims: Any, key: bytes = SECRET.encode()) -> str:
    """A token whose every part is ours to choose, signed with the right key."""
    signed = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"
    return f"{signed}.{b64(hmac.digest(key, signed.encode(), hashlib.sha256))}"


@given(claim_sets)
def test_what_was_signed_is_read_back_the_first_time_and_every_time(claims: dict[str, Any]) -> None:
    token = Signer(SECRET).sign(claims)
    signer = Signer(SECRET)
    assert signer.verify(token) == claims
    assert signer.verify(token) == claims


def test_a_signer_does_not_read_its_own_tokens() -> None:
    signer = Signer(SECRET)
    assert signer.verify(signer.sign_known(CLAIMS)) is CLAIMS


@pytest.mark.parametrize(
    "claims", [{"exp": 1}, {**CLAIMS, "iat": -1}, {**CLAIMS, "sub": 7}], ids=str
)
def test_a_signer_trusts_its_own_tokens_no_more_than_another_would(claims: dict[str, Any]) -> None:
    signer = Signer(SECRET)
    assert signer.verify(signer.sign(claims)) is None


@given(claim_sets, st.data())
def test_a_token_with_one_character_changed_is_not_trusted(
    claims: dict[str, Any], data: st.DataObject
) -> None:
    """Not even when the genuine one is remembered."""
    signer = Signer(SECRET)
    token = signer.sign(claims)
    assert signer.verify(token)
    # The last character carries bits that are no part of the signature.
    place = data.draw(st.integers(0, len(token) - 2))
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != token[place]))
    assert signer.verify(token[:place] + other + token[place + 1 :]) is None


@given(st.text(max_size=200))
def test_any_text_at_all_is_no_token(text: str) -> None:
    assert Signer(SECRET).verify(text) is None


@given(st.lists(st.binary(max_size=40), min_size=3, max_size=3))
def test_anything_in_the_shape_of_a_token_is_no_token(parts: list[bytes]) -> None:
    assert Signer(SECRET).verify(".".join(map(b64, parts))) is None


@given(claim_sets)
def test_no_other_secret_and_no_other_purpose_is_trusted(claims: dict[str, Any]) -> None:
    signers = [
        Signer(secret, purpose) for secret in (SECRET, OTHER_SECRET) for purpose in ("", "a", "b")
    ]
    for author in signers:
        token = author.sign(claims)
        assert [s for s in signers if s.verify(token) is not None] == [author]


def test_a_purpose_does_not_sign_with_the_secret_itself() -> None:
    assert Signer(SECRET, "a").verify(jwt.encode(CLAIMS, SECRET, "HS256")) is None
    assert Signer(SECRET).verify(jwt.encode(CLAIMS, SECRET, "HS256")) == CLAIMS


def test_a_token_that_claims_to_need_no_signature_is_not_trusted() -> None:
    unsigned = jwt.encode(CLAIMS, "", "none")
    assert Signer(SECRET).verify(unsigned) is None
    for name in ("none", "None", "NONE", ""):
        assert Signer(SECRET).verify(hand_made({"alg": name, "typ": "JWT"}, CLAIMS)) is None


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm_is_not_trusted(algorithm: str) -> None:
    key = SECRET * 2
    assert Signer(key).verify(jwt.encode(CLAIMS, key, algorithm)) is None


def test_the_hand_made_token_of_this_test_is_a_good_one() -> None:
    """Or else the next tests would prove nothing."""
    assert Signer(SECRET).verify(hand_made({"alg": "HS256", "typ": "JWT"}, CLAIMS)) == CLAIMS


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"sub": "ann"},
        {"exp": 2_000_000_000},
        {**CLAIMS, "sub": 7},
        {**CLAIMS, "sub": None},
        {**CLAIMS, "sub": ["ann"]},
        {**CLAIMS, "exp": None},
        {**CLAIMS, "exp": True},
        {**CLAIMS, "exp": "2000000000"},
        {**CLAIMS, "exp": "soon"},
        {**CLAIMS, "exp": [2_000_000_000]},
        *({**CLAIMS, name: odd} for name in ("nbf", "iat") for odd in ODD_MOMENTS),
        *({**CLAIMS, name: 10**400} for name in ("exp", "nbf", "iat")),
        {**CLAIMS, "exp": -1},
        {**CLAIMS, "exp": 253_402_300_800},
        [CLAIMS],
        "ann",
        None,
        7,
    ],
    ids=str,
)
def test_claims_that_do_not_say_who_and_until_when_are_not_trusted(claims: Any) -> None:
    for header in ({"alg": "HS256"}, {"alg": "HS256", "typ": "JWT"}):
        assert Signer(SECRET).verify(hand_made(header, claims)) is None


@pytest.mark.parametrize("claims", ['{"a":' + "[" * 2_000, "[" * 2_000, '{"a":' * 500])
def test_claims_that_are_nested_too_deeply_are_not_trusted(claims: str) -> None:
    for text in ('{"alg":"HS256"}', '{"alg":"HS256","typ":"JWT"}'):
        content = f"{b64(text.encode())}.{b64(claims.encode())}"
        signature = hmac.digest(SECRET.encode(), content.encode(), hashlib.sha256)
        assert Signer(SECRET).verify(f"{content}.{b64(signature)}") is None


@pytest.mark.parametrize("end", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_an_end_that_is_no_moment_is_not_trusted(end: str) -> None:
    """A comparison with NaN is never true, so such a token would never run out."""
    header, payload = b64(b'{"alg":"HS256"}'), b64(f'{{"sub":"ann","exp":{end}}}'.encode())
    signature = hmac.digest(SECRET.encode(), f"{header}.{payload}".encode(), hashlib.sha256)
    assert Signer(SECRET).verify(f"{header}.{payload}.{b64(signature)}") is None


def test_more_claims_than_ours_do_no_harm() -> None:
    claims = {**CLAIMS, "aud": "elsewhere", "iss": "the operator", "iat": 32_503_680_000}
    assert Signer(SECRET).verify(hand_made({"alg": "HS256"}, claims)) == claims


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_a_header_that_is_nested_without_end_is_no_token(opening: str) -> None:
    deep = b64((opening * (3_000 // len(opening))).encode())
    assert Signer(SECRET).verify(f"{deep}.e30.e30") is None


def test_a_token_that_is_too_long_is_not_even_read() -> None:
    signer = Signer(SECRET)
    spare = TOKEN_MAX_CHARS - len(signer.sign({**CLAIMS, "more": ""}))
    fits = signer.sign({**CLAIMS, "more": "x" * (spare * 3 // 4)})
    too_long = signer.sign({**CLAIMS, "more": "x" * (spare + 3)})
    assert len(fits) <= TOKEN_MAX_CHARS < len(too_long)
    assert signer.verify(fits)
    assert signer.verify(too_long) is None


def test_an_expired_token_is_still_ours_to_judge() -> None:
    claims = {"sub": "ann", "exp": 1}
    signer = Signer(SECRET)
    assert signer.verify(signer.sign(claims)) == claims


def test_what_is_remembered_is_bounded_and_forgetting_costs_nothing_but_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signing, "REMEMBERED_MAX", 10)
    signer = Signer(SECRET)
    tokens = [signer.sign({"sub": f"fan-{number}", "exp": 1}) for number in range(35)]
    for number, token in enumerate(tokens):
        claims = signer.verify(token)
        assert claims is not None
        assert claims["sub"] == f"fan-{number}"
        assert len(signer._verified) <= 10
    assert all(signer.verify(token) for token in tokens)
    for token in tokens:
        signer.sign({"sub": token[-9:], "exp": 1})
        assert len(signer._verified) <= 10


def test_what_is_refused_is_not_remembered() -> None:
    signer = Signer(SECRET)
    for number in range(5):
        assert signer.verify(Signer(OTHER_SECRET).sign({"sub": str(number), "exp": 1})) is None
    assert not signer._verified

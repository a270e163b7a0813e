"""The encryption and the signature of Web Push, against the examples of their RFCs."""

import base64

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from yemae.push import vapid
from yemae.push.encryption import CURVE, encrypted, is_point

# RFC 8291, appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
OWN = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"
    "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_message_is_encrypted_as_the_rfc_shows() -> None:
    own = ec.derive_private_key(int.from_bytes(raw(OWN), "big"), CURVE)
    assert encrypted(PLAIN, raw(BROWSER), raw(AUTH), own=own, salt=raw(SALT)) == raw(BODY)
    assert encrypted(PLAIN, raw(BROWSER), raw(AUTH)) != raw(BODY)


def test_a_point_is_one_of_the_curve() -> None:
    assert is_point(raw(BROWSER))
    assert not is_point(raw(BROWSER)[:-1] + b"x")
    assert not is_point(raw(BROWSER)[:-1])
    with pytest.raises(AssertionError):
        encrypted(b"x" * 4_000, raw(BROWSER), raw(AUTH))


def test_every_node_of_a_server_has_the_same_key_and_another_server_another() -> None:
    key = vapid.public_key("k" * 32)
    assert len(raw(key)) == 65
    assert vapid.public_key("x" * 32) != key
    endpoint = "https://push.example.com:8443/send/1?x=2"
    header = vapid.authorization("k" * 32, endpoint, "https://tickets.example.com", 1_000)
    token, _, said = header.removeprefix("vapid t=").partition(", k=")
    assert said == key
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, raw(key))
    claims = jwt.decode(
        token, public, ["ES256"], options={"verify_exp": False, "verify_aud": False}
    )
    assert claims == {
        "aud": "https://push.example.com:8443",
        "exp": 1_000 + vapid.TOKEN_S,
        "sub": "https://tickets.example.com",
    }
    local = vapid.authorization("k" * 32, endpoint, "http://127.0.0.1:8000", 1_000)
    assert "sub" not in jwt.decode(
        local.removeprefix("vapid t=").partition(",")[0], options={"verify_signature": False}
    )

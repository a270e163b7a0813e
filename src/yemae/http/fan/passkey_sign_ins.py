"""패스키로 로그인 · Signing in with a passkey (WebAuthn)."""

import msgspec

from yemae.accounts.passkey_proofs import Assertion
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.passkey_shapes import (
    EXAMPLE_CHALLENGE,
    EXAMPLE_PARTS,
    Base64Text,
    ChallengeText,
    CredentialText,
    HandleText,
)
from yemae.http.fan.users import EXAMPLE_SESSION, Session
from yemae.http.server.call import Call
from yemae.refusals import (
    NotFound,
    RateLimited,
    SignInFailed,
)
from yemae.sale import passkeys
from yemae.values.instants import instant


class PasskeySignIn(Body, frozen=True):
    """What `navigator.credentials.get()` has given for the challenge. `short`: the session ends
    after half an hour, and is renewed while it is used."""

    challenge: ChallengeText
    credential_id: CredentialText
    client_data: Base64Text
    authenticator_data: Base64Text
    signature: Base64Text
    user_handle: HandleText | None = None
    short: bool = False


class PasskeySignInBegun(msgspec.Struct, frozen=True):
    """What `navigator.credentials.get()` is called with; the user is to be verified."""

    challenge: str
    domain: str


SIGN_IN = msgspec.json.Decoder(PasskeySignIn)


async def begin_sign_in(call: Call) -> Answer:
    """Begin to sign in with a passkey; the device knows whose it is."""
    begun = passkeys.begin_sign_in(call.runtime, call.page_origin())
    return Answer(201, PasskeySignInBegun(*begun), (UNSTORED,))


async def sign_in(call: Call) -> Answer:
    """Sign in with what the device has signed. A challenge is good once, for ten minutes; a device
    that counts its signatures has to have counted on."""
    given = await call.body(SIGN_IN)
    signed = Assertion(
        given.credential_id,
        given.client_data,
        given.authenticator_data,
        given.signature,
        given.user_handle,
    )
    token = await passkeys.sign_in(
        call.runtime,
        call.page_origin(),
        given.challenge,
        signed,
        is_short=given.short,
        address=call.account_address(),
    )
    return Answer(201, Session(token.text, instant(token.expires_at)), (UNSTORED,))


OPERATIONS = (
    Operation(
        "begin_passkey_sign_in",
        "POST",
        "/v1/passkey-sign-ins",
        "users",
        "Begin to sign in with a passkey",
        begin_sign_in,
        answers=(
            Shown(
                201,
                "Ask the device",
                PasskeySignInBegun,
                {"challenge": EXAMPLE_CHALLENGE, "domain": "tickets.example.com"},
            ),
        ),
        problems=(NotFound,),
    ),
    Operation(
        "complete_passkey_sign_in",
        "POST",
        "/v1/passkey-sign-ins/completion",
        "users",
        "Complete signing in with a passkey",
        sign_in,
        body=PasskeySignIn,
        body_example={**EXAMPLE_PARTS, "authenticator_data": "SZYN5Yg", "signature": "MEUCIQ"},
        answers=(Shown(201, "Signed in", Session, EXAMPLE_SESSION),),
        problems=(SignInFailed, NotFound, RateLimited, *OF_BODIES),
    ),
)

"""패스키 · Passkeys of a fan's account: adding, renaming and removing them (WebAuthn)."""

import base64
from typing import Annotated

import msgspec
from msgspec import Meta

from yemae.accounts.passkey_proofs import ALGORITHMS, Attestation
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.passkey_shapes import (
    EXAMPLE_CHALLENGE,
    EXAMPLE_PARTS,
    EXAMPLE_PASSKEY,
    Base64Text,
    ChallengeText,
    CredentialText,
    PasskeyBody,
    shown,
)
from yemae.http.fan.users import AnyPassword
from yemae.http.server.call import Call
from yemae.refusals import (
    FreshSignInRequired,
    InvalidRequest,
    NotFound,
    RateLimited,
    SecondFactorRequired,
    SignInFailed,
    Unauthenticated,
    WrongCredentials,
)
from yemae.sale import passkeys
from yemae.values.text import BIDI, CONTROLS

NOT_IN_NAME = rf"{CONTROLS}{BIDI}"
PasskeyName = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=rf"^(?=\s*\S)[^{NOT_IN_NAME}]*\Z",
        description="What the fan calls the device.",
    ),
]


class BeginPasskey(Body, frozen=True):
    """The password of the account, if it has one."""

    password: AnyPassword | None = None


class AddPasskey(Body, frozen=True):
    """What `navigator.credentials.create()` has given for the challenge, and a name for it."""

    challenge: ChallengeText
    credential_id: CredentialText
    client_data: Base64Text
    attestation_object: Base64Text
    name: PasskeyName | None = None


class RenamePasskey(Body, frozen=True):
    """What it is called from now on."""

    name: PasskeyName


class OwnPasskeys(msgspec.Struct, frozen=True):
    """All of them, newest first."""

    passkeys: list[PasskeyBody]


class PasskeyBegun(msgspec.Struct, frozen=True):
    """What `navigator.credentials.create()` is called with: the challenge, `rp.id`, the user, the
    algorithms by their COSE numbers, and the credentials to exclude. The key is to be discoverable,
    and the user to be verified."""

    challenge: str
    domain: str
    user_handle: str
    user_name: str
    display_name: str
    algorithms: list[int]
    exclude: list[str]


BEGIN = msgspec.json.Decoder(BeginPasskey)
ADD = msgspec.json.Decoder(AddPasskey)
RENAME = msgspec.json.Decoder(RenamePasskey)


async def list_passkeys(call: Call) -> Answer:
    """The passkeys of the account."""
    found = await passkeys.of_user(call.runtime, call.user_id())
    return Answer(200, OwnPasskeys([shown(each) for each in found]), (UNSTORED,))


async def begin(call: Call) -> Answer:
    """Begin to add a passkey. A wrong password counts as at a sign-in; an account that has passkeys
    and no password needs a sign-in of the last ten minutes. It is 404 on a server whose address has
    no name, or is no HTTPS."""
    caller = call.identity()
    given = await call.optional_body(BEGIN) or BeginPasskey()
    begun = await passkeys.begin(
        call.runtime,
        caller,
        call.page_origin(),
        password=given.password,
        address=call.account_address(),
    )
    answer = PasskeyBegun(
        begun.challenge,
        begun.domain,
        _text(begun.user_handle),
        begun.user_name,
        begun.display_name,
        list(ALGORITHMS),
        [_text(each) for each in begun.exclude],
    )
    return Answer(201, answer, (UNSTORED,))


async def add(call: Call) -> Answer:
    """Add the passkey that the device has made: from now on it signs in to the account. A challenge
    is good once, for ten minutes, for its own account."""
    user_id, given = call.user_id(), await call.body(ADD)
    made = Attestation(given.credential_id, given.client_data, given.attestation_object)
    added = await passkeys.add(
        call.runtime, user_id, call.page_origin(), given.challenge, made, given.name
    )
    return Answer(201, shown(added), (UNSTORED,))


async def rename(call: Call) -> Answer:
    """Call a passkey something else."""
    user_id, wanted = call.user_id(), await call.body(RENAME)
    passkey_id = call.path_uuid("passkey_id")
    return Answer(200, shown(await passkeys.rename(call.runtime, user_id, passkey_id, wanted.name)))


async def remove(call: Call) -> Answer:
    """Remove a passkey: it signs in no more. The only way into an account is not taken away."""
    await passkeys.remove(call.runtime, call.identity(), call.path_uuid("passkey_id"))
    return Answer(204)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


PATH, PATH_OF_ONE = "/v1/me/passkeys", "/v1/me/passkeys/{passkey_id}"
EXAMPLE_BEGUN = {
    "challenge": EXAMPLE_CHALLENGE,
    "domain": "tickets.example.com",
    "user_handle": "u0FQ8m3lTqyOq9V9o4hB0Wc1f6YdTn2rKk7sPzE1XbA",
    "user_name": "fan@example.com",
    "display_name": "김예매",
    "algorithms": list(ALGORITHMS),
    "exclude": [],
}

OPERATIONS = (
    Operation(
        "list_passkeys",
        "GET",
        PATH,
        "users",
        "The passkeys of my account",
        list_passkeys,
        signed_in=True,
        answers=(Shown(200, "The passkeys", OwnPasskeys, {"passkeys": [EXAMPLE_PASSKEY]}),),
        problems=(Unauthenticated,),
    ),
    Operation(
        "begin_passkey",
        "POST",
        PATH,
        "users",
        "Begin to add a passkey to my account",
        begin,
        body=BeginPasskey,
        body_example={"password": "correct horse"},
        body_is_optional=True,
        signed_in=True,
        answers=(Shown(201, "Ask the device", PasskeyBegun, EXAMPLE_BEGUN),),
        problems=(
            Unauthenticated,
            WrongCredentials,
            SecondFactorRequired,
            FreshSignInRequired,
            NotFound,
            RateLimited,
            *OF_BODIES,
        ),
    ),
    Operation(
        "add_passkey",
        "POST",
        f"{PATH}/completion",
        "users",
        "Add the passkey that the device has made",
        add,
        body=AddPasskey,
        body_example={**EXAMPLE_PARTS, "attestation_object": "o2NmbXRkbm9uZQ", "name": "iPhone"},
        signed_in=True,
        answers=(Shown(201, "Added", PasskeyBody, EXAMPLE_PASSKEY),),
        problems=(Unauthenticated, SignInFailed, NotFound, *OF_BODIES),
    ),
    Operation(
        "rename_passkey",
        "PATCH",
        PATH_OF_ONE,
        "users",
        "Rename a passkey of my account",
        rename,
        body=RenamePasskey,
        body_example={"name": "iPhone"},
        signed_in=True,
        answers=(Shown(200, "As it is called now", PasskeyBody, EXAMPLE_PASSKEY),),
        problems=(Unauthenticated, *OF_BODIES),
    ),
    Operation(
        "remove_passkey",
        "DELETE",
        PATH_OF_ONE,
        "users",
        "Remove a passkey from my account",
        remove,
        signed_in=True,
        answers=(Shown(204, "Removed"),),
        problems=(
            Unauthenticated,
            SecondFactorRequired,
            FreshSignInRequired,
            InvalidRequest,
        ),
    ),
)

"""Guests, and what a client has to know before a fan signs in."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from yemae.accounts.logins.file import Kind, ProviderName
from yemae.base.signing import TOKEN_MAX_CHARS
from yemae.http.contract.operation import OF_BODIES, Answer, Body, Operation, Shown
from yemae.http.fan.challenges import EXAMPLE as EXAMPLE_CHALLENGE
from yemae.http.fan.challenges import Challenge
from yemae.http.fan.users import EXAMPLE_SESSION, EXAMPLE_TOKEN, EXAMPLE_USER, Altcha, UserBody
from yemae.http.server.call import Call
from yemae.refusals import (
    GuestKeyInvalid,
    GuestsClosed,
    ProofOfWorkInvalid,
    ProofOfWorkRequired,
    RateLimited,
)
from yemae.sale import new_accounts, passkeys
from yemae.sale.new_accounts import NEW_ACCOUNT, SignedIn
from yemae.settings import TopUps
from yemae.values.instants import Instant, instant

FOR_MOMENTS = (b"cache-control", b"public, max-age=10")


class NewGuest(Body, frozen=True):
    """A guest to be; the whole body may be left out."""

    altcha: Altcha | None = None


class GuestKey(Body, frozen=True):
    """A guest who comes back."""

    guest_key: Annotated[str, Meta(min_length=1, max_length=TOKEN_MAX_CHARS)]


class Guest(msgspec.Struct, frozen=True):
    """A guest, signed in. `guest_key` is all that there is to sign in again: keep it. Each sign-in
    gives a new one, which is good for 400 days."""

    user: UserBody
    access_token: str
    expires_at: Instant
    guest_key: str


class ShownProvider(msgspec.Struct, frozen=True):
    """Where one may sign in beside here; see `POST /v1/sign-ins`."""

    id: str
    kind: Kind
    name: ProviderName


class SignInSettings(msgspec.Struct, frozen=True):
    """How one may sign in here. `proof_of_work`: whether a new account or guest takes the solution
    of a challenge at the moment. `top_ups`: how money comes into a wallet: `free`, by a `card`
    payment, or not at all (`off`). `demo`: no money is real here, and a page says so wherever it
    shows prices or takes a payment. `payment_methods`: how an order can be paid beside the balance.
    `mail`: whether fans get mail about their orders; `guest_email`: whether a payment without an
    account takes an address for it. `terms`: the version of the operator's terms
    that a sign-up and a payment have to agree to, null where none is published.
    `sign_in_providers`: where one may sign in with an account elsewhere. `passkeys`: whether
    browsers can make passkeys for this server. `phone_tickets`: the wallet apps of phones that it
    makes tickets for."""

    sign_up: Literal["open", "confirmed", "off"]
    guests: Literal["on", "off"]
    proof_of_work: bool
    top_ups: TopUps
    payment_methods: list[str]
    demo: bool
    mail: bool
    guest_email: Literal["optional", "required"]
    terms: str | None
    sign_in_providers: list[ShownProvider]
    passkeys: bool
    phone_tickets: list[Literal["apple", "google"]]


NEW_GUEST = msgspec.json.Decoder(NewGuest)
GUEST_KEY = msgspec.json.Decoder(GuestKey)
NOTHING = NewGuest()


async def become_guest(call: Call) -> Answer:
    """Go on without an account. Costs no password and no email address; what the guest buys is
    found again with the key only."""
    wanted = await call.optional_body(NEW_GUEST) or NOTHING
    done = await new_accounts.become_guest(
        call.runtime, address=call.account_address(), proof=wanted.altcha
    )
    return Answer(201, _shown(done))


async def sign_guest_in(call: Call) -> Answer:
    """A new access token for a guest's key."""
    given = await call.body(GUEST_KEY)
    return Answer(201, _shown(new_accounts.sign_guest_in(call.runtime, given.guest_key)))


async def show_settings(call: Call) -> Answer:
    """How one may sign in here, and whether money is real."""
    settings, provider = call.runtime.settings, call.runtime.provider
    shown = SignInSettings(
        settings.accounts.sign_up,
        settings.accounts.guests,
        new_accounts.needs_proof(call.runtime),
        settings.top_ups(),
        list(provider.methods) if provider else [],
        settings.top_ups() == "free" or (provider is not None and not provider.moves_money),
        settings.tells_fans(),
        "required" if settings.needs_guest_email() else "optional",
        call.runtime.terms.current,
        [
            ShownProvider(key, each.provider.kind, each.provider.said)
            for key, each in call.runtime.logins.providers.items()
        ],
        passkeys.is_offered(call.runtime, call.page_origin()),
        call.runtime.phone_tickets.keys.kinds(call.runtime.now()),
    )
    return Answer(200, shown, (FOR_MOMENTS,))


async def show_challenge(call: Call) -> Answer:
    """A new challenge for one new account or guest."""
    return Answer(200, call.runtime.challenges.new(NEW_ACCOUNT, call.runtime.now().timestamp()))


def _shown(done: SignedIn) -> Guest:
    return Guest(
        UserBody(*done.user), done.token.text, instant(done.token.expires_at), done.guest_key
    )


EXAMPLE = {
    "user": {"id": EXAMPLE_USER["id"], "name": None, "email": None},
    **EXAMPLE_SESSION,
    "guest_key": EXAMPLE_TOKEN,
}
OPERATIONS = (
    Operation(
        "become_guest",
        "POST",
        "/v1/guests",
        "users",
        "Go on as a guest",
        become_guest,
        body=NewGuest,
        body_is_optional=True,
        body_example={},
        answers=(Shown(201, "A new guest, signed in", Guest, EXAMPLE),),
        problems=(
            GuestsClosed,
            ProofOfWorkRequired,
            ProofOfWorkInvalid,
            RateLimited,
            *OF_BODIES,
        ),
    ),
    Operation(
        "sign_guest_in",
        "POST",
        "/v1/guests/sessions",
        "users",
        "Sign a guest in again",
        sign_guest_in,
        body=GuestKey,
        body_example={"guest_key": EXAMPLE_TOKEN},
        answers=(Shown(201, "Signed in", Guest, EXAMPLE),),
        problems=(GuestKeyInvalid, *OF_BODIES),
    ),
    Operation(
        "show_sign_in_settings",
        "GET",
        "/v1/settings",
        "users",
        "How one may sign in",
        show_settings,
        answers=(
            Shown(
                200,
                "What is open",
                SignInSettings,
                {
                    "sign_up": "open",
                    "guests": "on",
                    "proof_of_work": False,
                    "top_ups": "free",
                    "payment_methods": ["card"],
                    "demo": True,
                    "mail": True,
                    "guest_email": "optional",
                    "terms": "2030-01",
                    "sign_in_providers": [
                        {"id": "kakao", "kind": "kakao", "name": {"ko": "카카오", "en": "Kakao"}}
                    ],
                    "passkeys": True,
                    "phone_tickets": ["apple", "google"],
                },
            ),
        ),
    ),
    Operation(
        "show_account_challenge",
        "GET",
        "/v1/users/challenge",
        "users",
        "A challenge to solve before signing up",
        show_challenge,
        answers=(
            Shown(
                200,
                "A challenge",
                Challenge,
                {
                    **EXAMPLE_CHALLENGE,
                    "parameters": {
                        **EXAMPLE_CHALLENGE["parameters"],
                        "data": {"concert": NEW_ACCOUNT},
                    },
                },
            ),
        ),
    ),
)

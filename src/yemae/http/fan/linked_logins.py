"""로그인 연결 · Accounts elsewhere that lead to the account of a fan who is signed in."""

import msgspec

from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.sign_ins import (
    PATH,
    CompleteSignIn,
    ProviderKey,
    SignInBegun,
    cookie_of,
    set_cookie,
)
from yemae.http.fan.users import AnyPassword
from yemae.http.server.call import Call
from yemae.refusals import (
    FreshSignInRequired,
    IdentityProviderUnavailable,
    InvalidRequest,
    RateLimited,
    SecondFactorRequired,
    SignInFailed,
    Unauthenticated,
    WrongCredentials,
)
from yemae.sale import link_logins


class BeginLink(Body, frozen=True):
    """Whose login is to lead to the account, and the password of the account, if it has one."""

    provider: ProviderKey
    password: AnyPassword | None = None


class OwnLinkBody(msgspec.Struct, frozen=True):
    """A login that leads to the account. `provider` is null for one that is offered no more."""

    provider: str | None
    issuer: str


class OwnLinks(msgspec.Struct, frozen=True):
    """All of them."""

    sign_ins: list[OwnLinkBody]


BEGIN = msgspec.json.Decoder(BeginLink)
COMPLETE = msgspec.json.Decoder(CompleteSignIn)
EXAMPLE = {"provider": "google", "issuer": "https://accounts.google.com"}


async def list_links(call: Call) -> Answer:
    """The logins elsewhere that lead to the account."""
    found = await link_logins.links_of(call.runtime, call.user_id())
    return Answer(200, OwnLinks([OwnLinkBody(*each) for each in found]), (UNSTORED,))


async def begin(call: Call) -> Answer:
    """Begin to link a login of a provider of `GET /v1/settings`: send the browser to
    `redirect_url`. A wrong password counts as at a sign-in."""
    caller, wanted, origin = call.identity(), await call.body(BEGIN), call.page_origin()
    if origin is None:
        raise InvalidRequest.of("Host", "Expected the name of this server")
    begun = await link_logins.begin_link(
        call.runtime,
        caller,
        wanted.provider,
        f"{origin}{PATH}{wanted.provider}",
        password=wanted.password,
        address=call.account_address(),
    )
    cookie = set_cookie(origin, begun.state, begun.cookie)
    return Answer(201, SignInBegun(begun.url), (UNSTORED, cookie))


async def complete(call: Call) -> Answer:
    """Link the login with the `state` and the `code` that the provider has given: from now on it
    signs in to the account. It is refused where it leads to another account (`taken`)."""
    user_id, given = call.user_id(), await call.body(COMPLETE)
    await link_logins.complete_link(
        call.runtime,
        user_id,
        given.provider,
        cookie_of(call, given.state),
        given.state,
        given.code,
        address=call.account_address(),
    )
    return Answer(204, None, (set_cookie(call.page_origin() or "", given.state, ""),))


async def unlink(call: Call) -> Answer:
    """Let logins of this provider lead to the account no more. The only way into an account is not
    taken away."""
    await link_logins.unlink(call.runtime, call.user_id(), call.path("provider"))
    return Answer(204)


OPERATIONS = (
    Operation(
        "list_linked_logins",
        "GET",
        "/v1/me/sign-ins",
        "users",
        "Which logins lead to my account",
        list_links,
        signed_in=True,
        answers=(Shown(200, "The logins", OwnLinks, {"sign_ins": [EXAMPLE]}),),
        problems=(Unauthenticated,),
    ),
    Operation(
        "begin_linked_login",
        "POST",
        "/v1/me/sign-ins",
        "users",
        "Begin to link a login to my account",
        begin,
        body=BeginLink,
        body_example={"provider": "google", "password": "correct horse"},
        signed_in=True,
        answers=(
            Shown(
                201,
                "Send the browser there",
                SignInBegun,
                {"redirect_url": "https://accounts.google.com/o/oauth2/v2/auth?…"},
            ),
        ),
        problems=(
            Unauthenticated,
            WrongCredentials,
            SecondFactorRequired,
            FreshSignInRequired,
            IdentityProviderUnavailable,
            RateLimited,
            *OF_BODIES,
        ),
    ),
    Operation(
        "complete_linked_login",
        "POST",
        "/v1/me/sign-ins/completion",
        "users",
        "Complete linking a login to my account",
        complete,
        body=CompleteSignIn,
        body_example={"provider": "google", "state": "A" * 43, "code": "4/0AeanS0a"},
        signed_in=True,
        answers=(Shown(204, "Linked"),),
        problems=(
            Unauthenticated,
            SignInFailed,
            IdentityProviderUnavailable,
            RateLimited,
            *OF_BODIES,
        ),
    ),
    Operation(
        "unlink_login",
        "DELETE",
        "/v1/me/sign-ins/{provider}",
        "users",
        "Remove a login from my account",
        unlink,
        signed_in=True,
        answers=(Shown(204, "Removed"),),
        problems=(Unauthenticated, InvalidRequest),
    ),
)

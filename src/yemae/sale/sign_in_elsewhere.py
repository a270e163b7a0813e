"""다른 계정으로 로그인 · Signing in with an account elsewhere.

The fan is sent to the provider with a state, a nonce and a PKCE challenge; their other halves are
in a signed cookie, so only the browser that went can come back. An identity (issuer and subject)
that is known signs its account in; an unknown one makes an account. An address never leads to an
account: one that is taken is refused, because a stranger may have signed up with it.
"""

from typing import NamedTuple

from yemae.accounts import linked_logins
from yemae.accounts.access import ELSEWHERE, USER_ID, AccessToken
from yemae.accounts.linked_logins import KnownAccount, OwnIdentity
from yemae.accounts.logins.attempt import SignInAttempt, new_secrets, read, seal
from yemae.accounts.logins.logins import COMING_BACK_MAX
from yemae.accounts.logins.provider import Person, ProviderClient
from yemae.base.rate_limit import ShareRequest
from yemae.refusals import ConsentRequired, EmailTaken, InvalidRequest, SignInFailed
from yemae.runtime import Runtime

SHARE = "signing in elsewhere"


class Leaving(NamedTuple):
    """Where the fan signs in, and what their browser keeps until they come back."""

    url: str
    state: str
    cookie: str


async def begin(
    runtime: Runtime,
    provider_id: str,
    redirect_uri: str,
    terms: str | None,
    link_to: str | None = None,
) -> Leaving:
    """Send a fan to a provider; `terms` is the version that they agree to, if an account is made.
    Raises InvalidRequest or IdentityProviderUnavailable."""
    provider = provider_of(runtime, provider_id)
    attempt = SignInAttempt(provider_id, redirect_uri, terms, new_secrets(), link_to)
    url = await provider.page(redirect_uri, attempt.secrets)
    return Leaving(url, attempt.secrets.state, seal(runtime.logins.cookies, attempt))


async def complete(
    runtime: Runtime, provider_id: str, cookie: str | None, state: str, code: str, *, address: str
) -> AccessToken:
    """Sign a fan in who has come back with a code; `address` is the network. Raises InvalidRequest,
    SignInFailed, IdentityProviderUnavailable, ConsentRequired, EmailTaken, RateLimited or
    Overloaded."""
    attempt, person = await come_back(
        runtime, provider_id, cookie, state, code, link_to=None, address=address
    )
    account = await _account_of(runtime, person, attempt.terms, address)
    if account.signed_out_s is not None:
        runtime.issuer.sign_outs.note(account.id, account.signed_out_s)
    return runtime.issuer.issue(
        account.id, account.role, person.groups, person.roles, means=ELSEWHERE
    )


async def come_back(
    runtime: Runtime,
    provider_id: str,
    cookie: str | None,
    state: str,
    code: str,
    *,
    link_to: str | None,
    address: str,
) -> tuple[SignInAttempt, Person]:
    """Who has come back with a code from an attempt of this browser, to sign in or to be linked to
    this account. Raises as `complete` does of attempts and providers."""
    provider = provider_of(runtime, provider_id)
    attempt = read(runtime.logins.cookies, cookie, provider_id, state)
    if attempt is None or attempt.link_to != link_to:
        raise SignInFailed("expired")
    await runtime.logins.limit.count(address)
    give_back = runtime.streams.take(ShareRequest(SHARE, COMING_BACK_MAX))
    try:
        return attempt, await provider.person(code, attempt)
    finally:
        give_back()


async def sign_ins_of(runtime: Runtime, user_id: str) -> list[OwnIdentity]:
    """The accounts elsewhere that sign a fan in."""
    async with runtime.postgres.transaction() as tx:
        return await linked_logins.of_user(tx, user_id)


def provider_of(runtime: Runtime, provider_id: str) -> ProviderClient:
    """A provider that is offered. Raises InvalidRequest."""
    provider = runtime.logins.providers.get(provider_id)
    if provider is None:
        raise InvalidRequest.of("provider", "is not one of this server: see GET /v1/settings")
    return provider


async def _account_of(
    runtime: Runtime, person: Person, terms: str | None, address: str
) -> KnownAccount:
    async with runtime.postgres.transaction() as tx:
        known = await linked_logins.account_of(tx, person.issuer, person.subject)
    if known is not None:
        return known
    current = runtime.terms.current
    if current is not None and terms != current:
        raise ConsentRequired(current)
    await runtime.account_limit.count(address)
    is_own = person.issuer == runtime.logins.own_issuer
    if is_own and not USER_ID.fullmatch(person.subject):
        raise SignInFailed("refused")
    # What an access token of the operator's own login says is the user id, so it is here as well.
    user_id = person.subject if is_own else str(runtime.new_id())
    async with runtime.postgres.transaction() as tx:
        if await linked_logins.claim(tx, person.issuer, person.subject, user_id):
            values = (user_id, person.name, person.email, current)
            if is_own:
                await linked_logins.complete_member(tx, *values)
            elif not await linked_logins.sign_up(tx, *values):
                raise EmailTaken
        made = await linked_logins.account_of(tx, person.issuer, person.subject)
    assert made is not None, "it was claimed, here or by another window"
    return made

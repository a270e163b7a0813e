"""로그인 연결 · Linking logins: an account elsewhere leads to the account of a signed-in fan.

The password of the account is asked for where it has one, and the attempt names the account, so a
browser that was left open links nothing, and neither does the attempt of another fan. A login leads
to one account, and an account has one login of each issuer. The last way into an account is not
taken away.
"""

from typing import NamedTuple

from yemae.accounts import linked_logins, sessions, strength
from yemae.accounts.access import Identity
from yemae.refusals import InvalidRequest, SignInFailed
from yemae.runtime import Runtime
from yemae.sale import sign_in_elsewhere
from yemae.sale.sign_in_elsewhere import Leaving

NO_ACCOUNT = "a guest signs in with it, and what the guest has moves along"
OWN_LOGIN = "is this server's own login: its members have accounts of their own"
ANOTHER = "leads to this account already, with another login: remove that one first"
NOT_LINKED = "does not lead to this account"
LAST_WAY = "is the only way into this account: set a password first, by a link in a mail"


class OwnLink(NamedTuple):
    """A login of an account; the provider is None for one that is offered no more."""

    provider_id: str | None
    issuer: str


async def links_of(runtime: Runtime, user_id: str) -> list[OwnLink]:
    """The logins that lead to an account."""
    offered = {each.provider.url: key for key, each in runtime.logins.providers.items()}
    found = await sign_in_elsewhere.sign_ins_of(runtime, user_id)
    return [OwnLink(offered.get(each.issuer.rstrip("/")), each.issuer) for each in found]


async def begin_link(
    runtime: Runtime,
    caller: Identity,
    provider_id: str,
    redirect_uri: str,
    *,
    password: str | None,
    address: str,
) -> Leaving:
    """Send a fan to a provider whose login is to lead to their account. Raises InvalidRequest,
    WrongCredentials, SecondFactorRequired, FreshSignInRequired, RateLimited, Overloaded or
    IdentityProviderUnavailable."""
    user_id = caller.user_id
    provider = sign_in_elsewhere.provider_of(runtime, provider_id)
    if runtime.logins.own_issuer and provider.provider.url == runtime.logins.own_issuer.rstrip("/"):
        raise InvalidRequest.of("provider", OWN_LOGIN)
    await strength.require_owner(runtime.postgres, caller, runtime.issuer.signer.now())
    await sessions.require_owner(
        runtime.postgres,
        runtime.passwords,
        runtime.sign_in_limit,
        user_id,
        password=password,
        address=address,
    )
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, user_id)
    if not ways.are_any():
        raise InvalidRequest.of("provider", NO_ACCOUNT)
    return await sign_in_elsewhere.begin(runtime, provider_id, redirect_uri, None, user_id)


async def complete_link(
    runtime: Runtime,
    user_id: str,
    provider_id: str,
    cookie: str | None,
    state: str,
    code: str,
    *,
    address: str,
) -> None:
    """Let the login that has come back lead to the account from now on. Raises InvalidRequest,
    SignInFailed, IdentityProviderUnavailable, RateLimited or Overloaded."""
    _, person = await sign_in_elsewhere.come_back(
        runtime, provider_id, cookie, state, code, link_to=user_id, address=address
    )
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, user_id)
        if not ways.are_any():
            # Deleted meanwhile.
            raise InvalidRequest.of("provider", NO_ACCOUNT)
        if await linked_logins.leads_to(tx, person.issuer, person.subject) == user_id:
            return
        if person.issuer in ways.issuers:
            raise InvalidRequest.of("provider", ANOTHER)
        if not await linked_logins.claim(tx, person.issuer, person.subject, user_id):
            raise SignInFailed("taken")


async def unlink(runtime: Runtime, user_id: str, provider_id: str) -> None:
    """Let no login of a provider lead to the account. Raises InvalidRequest."""
    url = sign_in_elsewhere.provider_of(runtime, provider_id).provider.url
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, user_id)
        gone = [issuer for issuer in ways.issuers if issuer.rstrip("/") == url]
        if not gone:
            raise InvalidRequest.of("provider", NOT_LINKED)
        if not ways.has_password and not ways.passkeys and len(gone) == len(ways.issuers):
            raise InvalidRequest.of("provider", LAST_WAY)
        await linked_logins.unlink(tx, user_id, gone)

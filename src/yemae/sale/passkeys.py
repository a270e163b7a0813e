"""패스키 · Passkeys: a key of the fan's device signs them in, instead of a password.

A passkey belongs to one account. Adding one needs what changing the account's password would need,
and the last way into an account is not taken away. A challenge is good once, for ten minutes, on
the site of the settings; what a device answers counts for its network before anything is looked at.
"""

import base64
import binascii
from typing import NamedTuple
from uuid import UUID

from yemae.accounts import linked_logins, passkey_proofs, passkeys, sessions, strength
from yemae.accounts.access import BY_PASSKEY, AccessToken, Identity
from yemae.accounts.passkey_proofs import Assertion, Attestation, Relying
from yemae.accounts.passkeys import Passkey
from yemae.refusals import InvalidRequest, NotFound, RateLimited, SignInFailed
from yemae.runtime import Runtime

PASSKEYS_MAX = 20
NO_ACCOUNT = "are for accounts: sign up first, and what the guest has moves along"
TOO_MANY = f"an account has {PASSKEYS_MAX} at most: remove one first"
LAST_WAY = "is the only way into this account: set a password first, by a link in a mail"
NOT_READ = "is not what a device answers to this challenge here"
NAME = "Passkey"


class BegunPasskey(NamedTuple):
    """What a device is asked to make: for which site, for whom, and which keys it has not to make
    again. The challenge is signed as it is written."""

    challenge: str
    domain: str
    user_handle: bytes
    user_name: str
    display_name: str
    exclude: list[bytes]


class BegunSignIn(NamedTuple):
    """What a device is asked to sign."""

    challenge: str
    domain: str


def is_offered(runtime: Runtime, origin: str | None) -> bool:
    """Whether browsers make passkeys for this server."""
    return passkey_proofs.relying_on(_site(runtime, origin)) is not None


async def of_user(runtime: Runtime, user_id: str) -> list[Passkey]:
    """The passkeys of an account, newest first."""
    async with runtime.postgres.transaction() as tx:
        return await passkeys.of_user(tx, user_id)


async def begin(
    runtime: Runtime,
    caller: Identity,
    origin: str | None,
    *,
    password: str | None,
    address: str,
) -> BegunPasskey:
    """Ask for a new passkey of an account. Raises NotFound where there are none, InvalidRequest,
    WrongCredentials, SecondFactorRequired, FreshSignInRequired, RateLimited or Overloaded."""
    site = _relying(runtime, origin)
    await strength.require_owner(runtime.postgres, caller, runtime.issuer.signer.now())
    user = await sessions.require_owner(
        runtime.postgres,
        runtime.passwords,
        runtime.sign_in_limit,
        caller.user_id,
        password=password,
        address=address,
    )
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, user.id)
        if not ways.are_any():
            raise InvalidRequest.of("passkey", NO_ACCOUNT)
        there = await passkeys.credentials_of(tx, user.id)
    if len(there) >= PASSKEYS_MAX:
        raise InvalidRequest.of("passkey", TOO_MANY)
    shown = user.email or user.name or user.id
    return BegunPasskey(
        passkey_proofs.challenge(runtime.passkey_challenges, "new", user.id),
        site.domain,
        passkey_proofs.user_handle(runtime.settings.stores.secret_key, user.id),
        shown,
        user.name or shown,
        there,
    )


async def add(
    runtime: Runtime,
    user_id: str,
    origin: str | None,
    challenge: str,
    given: Attestation,
    name: str | None,
) -> Passkey:
    """Let the key that a device has made sign in to the account. Raises NotFound, InvalidRequest or
    SignInFailed."""
    site = _relying(runtime, origin)
    if not passkey_proofs.is_good(runtime.passkey_challenges, challenge, "new", user_id):
        raise SignInFailed("expired")
    await _use(runtime, challenge)
    made = passkey_proofs.read_new(site, challenge, given)
    if made is None:
        raise InvalidRequest.of("attestation_object", NOT_READ)
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, user_id)
        if not ways.are_any():
            # Deleted meanwhile.
            raise InvalidRequest.of("passkey", NO_ACCOUNT)
        if ways.passkeys >= PASSKEYS_MAX:
            raise InvalidRequest.of("passkey", TOO_MANY)
        added = await passkeys.add(tx, runtime.new_id(), user_id, made, name or NAME)
    if added is None:
        raise SignInFailed("taken")
    return added


async def rename(runtime: Runtime, user_id: str, passkey_id: UUID | None, name: str) -> Passkey:
    """Call a passkey something else. Raises NotFound."""
    if passkey_id is None:
        raise NotFound
    async with runtime.postgres.transaction() as tx:
        renamed = await passkeys.rename(tx, user_id, passkey_id, name)
    if renamed is None:
        raise NotFound
    return renamed


async def remove(runtime: Runtime, caller: Identity, passkey_id: UUID | None) -> None:
    """Let a passkey sign in no more. Raises NotFound, InvalidRequest for the last way into the
    account, SecondFactorRequired or FreshSignInRequired."""
    if passkey_id is None:
        raise NotFound
    await strength.require_owner(runtime.postgres, caller, runtime.issuer.signer.now())
    async with runtime.postgres.transaction() as tx:
        ways = await linked_logins.lock_ways(tx, caller.user_id)
        if not await passkeys.remove(tx, caller.user_id, passkey_id):
            raise NotFound
        if not ways.has_password and not ways.issuers and ways.passkeys == 1:
            raise InvalidRequest.of("passkey", LAST_WAY)


def begin_sign_in(runtime: Runtime, origin: str | None) -> BegunSignIn:
    """Ask a device for a passkey of this site. Raises NotFound."""
    site = _relying(runtime, origin)
    return BegunSignIn(passkey_proofs.challenge(runtime.passkey_challenges, "sign-in"), site.domain)


async def sign_in(
    runtime: Runtime,
    origin: str | None,
    challenge: str,
    given: Assertion,
    *,
    is_short: bool = False,
    address: str,
) -> AccessToken:
    """Sign in with what a device has signed. Raises NotFound, SignInFailed or RateLimited."""
    site = _relying(runtime, origin)
    await runtime.passkey_limits.network.count(address)
    if not passkey_proofs.is_good(runtime.passkey_challenges, challenge, "sign-in"):
        raise SignInFailed("expired")
    await _use(runtime, challenge)
    credential_id, handle = _bytes(given.credential_id), _bytes(given.user_handle or "")
    async with runtime.postgres.transaction() as tx:
        known = await passkeys.by_credential(tx, credential_id) if credential_id else None
    if known is None:
        raise SignInFailed("refused")
    key = runtime.settings.stores.secret_key
    if handle and handle != passkey_proofs.user_handle(key, known.user_id):
        raise SignInFailed("refused")
    sign_count = passkey_proofs.read_use(site, challenge, known, given)
    if sign_count is None:
        raise SignInFailed("refused")
    async with runtime.postgres.transaction() as tx:
        if not await passkeys.use(tx, known.id, sign_count):
            raise SignInFailed("refused")
    if known.signed_out_s is not None:
        runtime.issuer.sign_outs.note(known.user_id, known.signed_out_s)
    return runtime.issuer.issue(known.user_id, known.role, means=BY_PASSKEY, is_short=is_short)


def _site(runtime: Runtime, origin: str | None) -> str | None:
    """Passkeys are for the address that the settings name; in development for the one that was
    asked."""
    named = runtime.settings.mail.public_url or runtime.settings.https.domain
    if named or runtime.settings.server.mode == "production":
        return runtime.settings.origin() or None
    return origin


def _relying(runtime: Runtime, origin: str | None) -> Relying:
    site = passkey_proofs.relying_on(_site(runtime, origin))
    if site is None:
        raise NotFound
    return site


async def _use(runtime: Runtime, challenge: str) -> None:
    """Use a challenge up. Raises SignInFailed when it was used before."""
    try:
        await runtime.passkey_limits.challenge.count(challenge)
    except RateLimited:
        raise SignInFailed("expired") from None


def _bytes(text: str) -> bytes:
    """What base64url stands for; nothing where it is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""

"""Who a fan is to us: sign-up, going on as a guest, sign-in, and the end of all sessions.

Our own small issuer, which an operator may close when a login of their own stands in front. What
costs us most comes last: first whether it is open, then how often this network asked, then its
proof of work, then the hash.
"""

from typing import NamedTuple

from yemae.accounts import sign_outs, users
from yemae.accounts.access import AccessToken
from yemae.accounts.passwords import wrong_password
from yemae.accounts.users import User
from yemae.refusals import (
    EmailTaken,
    GuestsClosed,
    InvalidRequest,
    ProofOfWorkRequired,
    SignUpClosed,
    WrongCredentials,
)
from yemae.runtime import Runtime

# What challenges for new accounts are for; no concert's id begins like this.
NEW_ACCOUNT = "@accounts"


class SignedIn(NamedTuple):
    """A user with an access token; the key is a guest's."""

    user: User
    token: AccessToken
    guest_key: str = ""


def needs_proof(runtime: Runtime) -> bool:
    """Whether a new account takes a proof of work: while any concert asks for one whose dates have
    not all begun, because a new account is what a place without one would begin with."""
    now = runtime.now()
    return any(
        concert.proof_of_work and any(date.starts_at > now for date in concert.performances)
        for concert in runtime.catalogue.concerts.values()
    )


async def sign_up(
    runtime: Runtime, name: str, email: str, password: str, *, address: str, proof: str | None
) -> SignedIn:
    """Write a user and sign them in. Raises SignUpClosed, InvalidRequest, RateLimited, Overloaded,
    ProofOfWorkRequired, ProofOfWorkInvalid or EmailTaken."""
    if runtime.settings.accounts.sign_up == "off":
        raise SignUpClosed
    if wrong := wrong_password(password, email, name):
        raise InvalidRequest.of("password", wrong)
    await _pass(runtime, address, proof)
    password_hash = await runtime.passwords.hash(password, address)
    async with runtime.postgres.transaction() as tx:
        user = await users.sign_up(
            tx, user_id=str(runtime.new_id()), name=name, email=email, password_hash=password_hash
        )
    if user is None:
        raise EmailTaken
    return SignedIn(user, runtime.issuer.issue(user.id))


async def become_guest(runtime: Runtime, *, address: str, proof: str | None) -> SignedIn:
    """A new guest, who has a key and no row yet. Raises GuestsClosed, RateLimited,
    ProofOfWorkRequired or ProofOfWorkInvalid."""
    if runtime.settings.accounts.guests == "off":
        raise GuestsClosed
    await _pass(runtime, address, proof)
    return _guest(runtime, str(runtime.new_id()))


def sign_guest_in(runtime: Runtime, key: str) -> SignedIn:
    """A guest who comes back, also where nobody becomes one any more. Raises GuestKeyInvalid."""
    return _guest(runtime, runtime.issuer.guest(key))


def _guest(runtime: Runtime, user_id: str) -> SignedIn:
    user = User(user_id, None, None)
    return SignedIn(user, runtime.issuer.issue(user_id), runtime.issuer.guest_key(user_id))


async def _pass(runtime: Runtime, address: str, proof: str | None) -> None:
    """What comes before a new account."""
    await runtime.account_limit.count(address)
    if not needs_proof(runtime):
        return
    if proof is None:
        raise ProofOfWorkRequired
    solved = runtime.challenges.solved(proof, NEW_ACCOUNT, runtime.now().timestamp())
    await runtime.account_limit.use(solved.id)


async def sign_in(runtime: Runtime, email: str, password: str, address: str) -> AccessToken:
    """An access token for the right password. Raises WrongCredentials, RateLimited or
    Overloaded."""
    canonical = users.address(email)
    async with runtime.passwords.turns.turn(address):
        await runtime.sign_in_limit.attempt(canonical, address)
        async with runtime.postgres.transaction() as tx:
            account = await users.by_email(tx, email)
        password_hash = account.password_hash if account else None
        is_right = await runtime.passwords.match(password_hash, password)
    if not is_right or not account:
        raise WrongCredentials
    await runtime.sign_in_limit.was_right(canonical, address)
    if account.signed_out_s is not None:
        runtime.issuer.sign_outs.note(account.user.id, account.signed_out_s)
    return runtime.issuer.issue(account.user.id, account.role)


async def sign_out_everywhere(runtime: Runtime, user_id: str, issued_s: float) -> None:
    """End every session of a user who has a token issued at `issued_s`: access tokens and a guest's
    keys from before now are refused, by this process at once and by all others within moments."""
    async with runtime.postgres.transaction() as tx:
        at_s = await sign_outs.sign_out(tx, user_id, issued_s)
    runtime.issuer.sign_outs.note(user_id, at_s)

"""New accounts and guests, and when they take a proof of work.

An operator may close both when a login of their own stands in front. The checks go from cheap to
expensive: whether it is open, how often this network asked, its proof of work, the hash. Signing in
needs nothing of the sale: accounts/sessions.py.
"""

from typing import NamedTuple

from yemae.accounts import users
from yemae.accounts.access import BY_PASSWORD, AccessToken
from yemae.accounts.passwords import wrong_password
from yemae.accounts.users import User
from yemae.outbox.messages import Language
from yemae.refusals import (
    ConsentRequired,
    EmailTaken,
    GuestsClosed,
    InvalidRequest,
    ProofOfWorkRequired,
    SignUpClosed,
)
from yemae.runtime import Runtime
from yemae.sale import email_confirmation

# What challenges for new accounts are for; no concert's id begins like this.
NEW_ACCOUNT = "@accounts"


class SignedIn(NamedTuple):
    """A user with an access token; the key is a guest's."""

    user: User
    token: AccessToken
    guest_key: str = ""


def needs_proof(runtime: Runtime) -> bool:
    """Whether a new account takes a proof of work: while any concert asks for one and has a date to
    come, because many accounts would get around the proof of its queue."""
    now = runtime.now()
    return any(
        concert.proof_of_work and not concert.is_over(now)
        for concert in runtime.catalogue.queues.values()
    )


async def sign_up(
    runtime: Runtime,
    name: str,
    email: str,
    password: str,
    *,
    address: str,
    proof: str | None,
    terms: str | None = None,
    language: Language = "ko",
) -> SignedIn | None:
    """Write a user and sign them in. None: a mail with the link that does so is on its way, or word
    to the owner of an account with this address. Raises SignUpClosed, InvalidRequest,
    ConsentRequired, RateLimited, Overloaded, ProofOfWorkRequired, ProofOfWorkInvalid or
    EmailTaken."""
    if runtime.settings.accounts.sign_up == "off":
        raise SignUpClosed
    if wrong := wrong_password(password, email, name):
        raise InvalidRequest.of("password", wrong)
    current = runtime.terms.current
    if current is not None and terms != current:
        raise ConsentRequired(current)
    await _may_open_account(runtime, address, proof)
    password_hash = await runtime.passwords.hash(password, address)
    if runtime.settings.accounts.sign_up == "confirmed":
        await email_confirmation.ask_sign_up(
            runtime, name, email, password_hash, address=address, terms=current, language=language
        )
        return None
    async with runtime.postgres.transaction() as tx:
        user = await users.sign_up(
            tx,
            user_id=str(runtime.new_id()),
            name=name,
            email=email,
            password_hash=password_hash,
            terms=current,
        )
    if user is None:
        raise EmailTaken
    return SignedIn(user, runtime.issuer.issue(user.id, means=BY_PASSWORD))


async def become_guest(runtime: Runtime, *, address: str, proof: str | None) -> SignedIn:
    """A new guest, who has a key and no row yet. Raises GuestsClosed, RateLimited,
    ProofOfWorkRequired or ProofOfWorkInvalid."""
    if runtime.settings.accounts.guests == "off":
        raise GuestsClosed
    await _may_open_account(runtime, address, proof)
    return _guest(runtime, str(runtime.new_id()))


def sign_guest_in(runtime: Runtime, key: str) -> SignedIn:
    """Sign a guest in again, also where new guests are refused. Raises GuestKeyInvalid."""
    return _guest(runtime, runtime.issuer.guest(key))


def _guest(runtime: Runtime, user_id: str) -> SignedIn:
    user = User(user_id, None, None)
    return SignedIn(user, runtime.issuer.issue(user_id), runtime.issuer.guest_key(user_id))


async def _may_open_account(runtime: Runtime, address: str, proof: str | None) -> None:
    """The rules of a new account or guest: the limit of its network, and the proof of work. Raises
    RateLimited, ProofOfWorkRequired or ProofOfWorkInvalid."""
    await runtime.account_limit.count(address)
    if not needs_proof(runtime):
        return
    if proof is None:
        raise ProofOfWorkRequired
    solved = runtime.challenges.solved(proof, NEW_ACCOUNT, runtime.now().timestamp())
    await runtime.account_limit.use(solved.id)

"""로그인 · Signing in with a password, and with a code besides; and going on with a session.

The password comes first: a code is looked at only of a caller who knows it, and wrong ones count
for the account. A code that is not given is not missed here: the gate of operators' calls asks for
it (accounts/strength.py).
"""

from yemae.accounts import sessions, users
from yemae.accounts.access import BY_CODE, BY_PASSWORD, AccessToken, Identity
from yemae.accounts.strength import FRESH_S
from yemae.refusals import FreshSignInRequired, WrongCode
from yemae.runtime import Runtime
from yemae.sale import second_factor

# A session that ends soon is renewed for a working day at most.
RENEWED_FOR_S = 12 * 3_600


async def sign_in(
    runtime: Runtime,
    *,
    email: str,
    password: str,
    code: str | None = None,
    is_short: bool = False,
    address: str,
) -> AccessToken:
    """An access token for the right password, and the right code where one is given. Raises
    WrongCredentials, WrongCode, RateLimited or Overloaded."""
    account = await sessions.owner_of(
        runtime.postgres,
        runtime.issuer,
        runtime.passwords,
        runtime.sign_in_limit,
        email=email,
        password=password,
        address=address,
    )
    if code is not None and not await second_factor.use_code(runtime, account.user.id, code):
        raise WrongCode
    means = BY_PASSWORD if code is None else BY_CODE
    return runtime.issuer.issue(account.user.id, account.role, means=means, is_short=is_short)


async def renew(runtime: Runtime, caller: Identity) -> AccessToken:
    """A token that ends soon for one who has signed in today: it says when and how, as the one
    before. Raises FreshSignInRequired."""
    signed_in = caller.signed_in
    if signed_in is None or runtime.issuer.signer.now() - signed_in.at_s > RENEWED_FOR_S:
        raise FreshSignInRequired(FRESH_S)
    async with runtime.postgres.transaction() as tx:
        role = await users.role_of(tx, caller.user_id)
    return runtime.issuer.issue(
        caller.user_id,
        role,
        sorted(caller.groups),
        sorted(grant.text for grant in caller.roles),
        signed_in=signed_in,
        is_short=True,
    )

"""비밀번호 재설정 · Password reset: a fan who forgot the password sets another one by a mail.

The answer is the same whether or not there is such an account, and the link goes to its address
only. A link is good once, for an hour; its use ends every session of the account and every other
link. At most one mail is sent within ten minutes, so that a stranger cannot fill a mailbox.
"""

from yemae.accounts import password_resets, sign_outs, users
from yemae.accounts.access import BY_PASSWORD, AccessToken
from yemae.accounts.mail_links import MailLink
from yemae.accounts.passwords import wrong_password
from yemae.outbox import messages as outbox
from yemae.outbox.messages import Language, OutboxMessage
from yemae.refusals import InvalidRequest, NotFound
from yemae.runtime import Runtime

PATH = "/new-password"
NOT_GOOD = "is not good any more: ask for another mail"


async def ask_reset(runtime: Runtime, address: str, email: str, language: Language) -> None:
    """Mail a link to an account's address. Raises NotFound on a server that sends no mail,
    RateLimited or StoreUnavailable."""
    if not runtime.settings.tells_fans() or not runtime.settings.origin():
        raise NotFound
    canonical = users.address(email)
    await runtime.reset_limits.network.count(address)
    # By what was typed and not by what was found, so that a refusal says nothing of an account.
    await runtime.reset_limits.email.count(canonical)
    async with runtime.postgres.transaction() as tx:
        await outbox.tell_reset(tx, runtime.new_id(), canonical, email.lower(), language)


async def set_password(runtime: Runtime, address: str, link: str, password: str) -> AccessToken:
    """Set a new password by a link, end every session, and sign in. Raises InvalidRequest for a
    link that is not good and for a password that cannot be one, RateLimited or Overloaded."""
    reset_id = MailLink.RESET.read(runtime.settings.stores.secret_key, link)
    if reset_id is None:
        raise InvalidRequest.of("link", NOT_GOOD)
    async with runtime.postgres.transaction() as tx:
        account = await password_resets.account_of(tx, reset_id)
    if account is None:
        raise InvalidRequest.of("link", NOT_GOOD)
    if wrong := wrong_password(password, account.email, account.name or ""):
        raise InvalidRequest.of("password", wrong)
    password_hash = await runtime.passwords.hash(password, address)
    async with runtime.postgres.transaction() as tx:
        changed = await password_resets.use(tx, reset_id, password_hash)
        if changed is None:
            raise InvalidRequest.of("link", NOT_GOOD)
        ended_s = await sign_outs.sign_out(tx, account.id, runtime.now().timestamp())
    runtime.issuer.sign_outs.note(account.id, ended_s)
    return runtime.issuer.issue(changed.id, changed.role, means=BY_PASSWORD)


def reset_url(runtime: Runtime, message: OutboxMessage) -> str:
    """What the mail opens. The link is behind the `#`, so no browser sends it to a server in an
    address or as a referrer."""
    key = runtime.settings.stores.secret_key
    return f"{runtime.settings.origin()}{PATH}#{MailLink.RESET.text(key, message.cause)}"

"""이메일 확인 · Addresses that are confirmed by the link of a mail, before an account has them.

With YEMAE_SIGN_UP=confirmed an account comes into being by the link. The answer to a sign-up is the
same whether or not there is such an account: then its owner hears of it by mail. A change of the
address is confirmed at the new one, and the old one gets word of it. A link is good once, for a
day, and takes the password of the account: the link shows whose the address is, and the password
that the same person has asked for the account. Without it, the owner of an address who opens the
link of a stranger's sign-up would have an account that the stranger knows the password of.
"""

from collections.abc import Sequence
from typing import NamedTuple

from yemae.accounts import email_confirmations, password_resets, sessions, users
from yemae.accounts.access import BY_PASSWORD, AccessToken
from yemae.accounts.email_confirmations import Confirmation
from yemae.accounts.mail_links import MailLink
from yemae.accounts.users import User
from yemae.outbox.messages import Language, OutboxMessage
from yemae.refusals import EmailTaken, InvalidRequest, NotFound, WrongCredentials
from yemae.runtime import Runtime
from yemae.values.text import composed

PATH = "/confirm"
NOT_GOOD = "is not good any more: ask for another mail"


class ConfirmedAddress(NamedTuple):
    """The account with its address, and a token for one that was made just now."""

    user: User
    token: AccessToken | None


async def ask_sign_up(
    runtime: Runtime,
    name: str,
    email: str,
    password_hash: str,
    *,
    address: str,
    terms: str | None,
    language: Language,
) -> None:
    """Mail the link that makes this account. Raises NotFound on a server that sends no mail,
    RateLimited or StoreUnavailable."""
    await _ask(
        runtime,
        address,
        Confirmation(
            runtime.new_id(), users.address(email), None, None, composed(name), password_hash,
            terms, language,
        ),
    )  # fmt: skip


async def ask_change(
    runtime: Runtime, user_id: str, email: str, password: str, *, address: str, language: Language
) -> None:
    """Mail the link that gives this account another address. A wrong password counts as at a
    sign-in. Raises NotFound, InvalidRequest for an account without a password, WrongCredentials,
    RateLimited, Overloaded or StoreUnavailable."""
    user = await sessions.require_owner(
        runtime.postgres,
        runtime.passwords,
        runtime.sign_in_limit,
        user_id,
        password=password,
        address=address,
    )
    if user.email is None or not user.has_password:
        raise InvalidRequest.of("password", sessions.NO_PASSWORD)
    wanted = Confirmation(
        runtime.new_id(), users.address(email), user_id, user.email, None, None, None, language
    )
    await _ask(runtime, address, wanted)


async def confirm(runtime: Runtime, link: str, password: str, *, address: str) -> ConfirmedAddress:
    """Make the account of a link, or give it its new address; a wrong password counts as at a
    sign-in. Raises InvalidRequest for a link that is not good, WrongCredentials, EmailTaken when
    another account has the address by now, RateLimited or Overloaded."""
    found = MailLink.CONFIRM.read(runtime.settings.stores.secret_key, link)
    if found is None:
        raise InvalidRequest.of("link", NOT_GOOD)
    async with runtime.postgres.transaction() as tx:
        waiting = await email_confirmations.waiting(tx, found)
    if not waiting:
        raise InvalidRequest.of("link", NOT_GOOD)
    used = await _with_password(runtime, waiting, password, address)
    async with runtime.postgres.transaction() as tx:
        if not await email_confirmations.use(tx, used.id, found):
            raise InvalidRequest.of("link", NOT_GOOD)
        if used.user_id is not None:
            account = await email_confirmations.change_email(tx, used)
            if account is None:
                raise InvalidRequest.of("link", NOT_GOOD)
            # What was mailed to the old address opens the account no more.
            await password_resets.end_all(tx, account.id)
            return ConfirmedAddress(User(account.id, account.name, account.email), None)
        assert used.password_hash is not None, "an account to be has a password"
        user = await users.sign_up(
            tx,
            user_id=str(runtime.new_id()),
            name=used.name or "",
            email=used.email,
            password_hash=used.password_hash,
            terms=used.terms,
        )
        if user is None:
            raise EmailTaken
        await email_confirmations.drop(tx, used.id, found)
    return ConfirmedAddress(user, runtime.issuer.issue(user.id, means=BY_PASSWORD))


def confirmation_url(runtime: Runtime, message: OutboxMessage) -> str:
    """What the mail opens. The link is behind the `#`, so no browser sends it to a server in an
    address or as a referrer."""
    key = runtime.settings.stores.secret_key
    return f"{runtime.settings.origin()}{PATH}#{MailLink.CONFIRM.text(key, message.cause)}"


async def _with_password(
    runtime: Runtime, waiting: Sequence[Confirmation], password: str, address: str
) -> Confirmation:
    """The newest whose account has this password."""
    email = waiting[0].email
    async with runtime.passwords.turns.turn(address):
        await runtime.sign_in_limit.attempt(email, address)
        for each in waiting:
            if await runtime.passwords.match(each.password_hash, password):
                break
        else:
            raise WrongCredentials
    await runtime.sign_in_limit.was_right(email, address)
    return each


async def _ask(runtime: Runtime, address: str, wanted: Confirmation) -> None:
    if not runtime.settings.tells_fans() or not runtime.settings.origin():
        raise NotFound
    await runtime.confirmation_limits.network.count(address)
    # By what was typed and not by what was found, so that a refusal says nothing of an account.
    await runtime.confirmation_limits.email.count(wanted.email)
    async with runtime.postgres.transaction() as tx:
        await email_confirmations.ask(tx, wanted)

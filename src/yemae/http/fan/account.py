"""내 계정 · A fan's account: its name and password, what is kept of it, and its deletion."""

from typing import Any
from uuid import UUID

import msgspec

from yemae.accounts import sessions
from yemae.http.contract.operation import OF_BODIES, UNSTORED, Answer, Body, Operation, Shown
from yemae.http.fan.order_shapes import EXAMPLE_PAID, OrderBody, show_looked_at
from yemae.http.fan.passkey_shapes import EXAMPLE_PASSKEY, PasskeyBody, shown
from yemae.http.fan.users import (
    EXAMPLE_ID,
    EXAMPLE_SESSION,
    EXAMPLE_USER,
    AnyPassword,
    Name,
    Password,
    Session,
    UserBody,
)
from yemae.http.fan.wallet import EXAMPLE_TRANSFER, TransferBody, WalletBody, shown_transfer
from yemae.http.server.call import Call
from yemae.refusals import (
    FreshSignInRequired,
    RateLimited,
    SecondFactorRequired,
    Unauthenticated,
    WrongCredentials,
)
from yemae.sale import account_deletion, looks, passkeys, sign_in_elsewhere
from yemae.values.instants import instant

# Of orders and of ledger lines, the newest.
KEPT_MAX = 1_000


class RenameMe(Body, frozen=True):
    """How the fan wants to be called."""

    name: Name


class ChangePassword(Body, frozen=True):
    """The password until now, and the one from now on."""

    current_password: AnyPassword
    password: Password


class DeleteAccount(Body, frozen=True):
    """The password of the account, if it has one."""

    password: AnyPassword | None = None


class OrderAddressBody(msgspec.Struct, frozen=True):
    """Where mails about an order go, as the fan said."""

    order_id: UUID
    email: str
    language: str


class LinkedLogin(msgspec.Struct, frozen=True):
    """An account elsewhere that signs the fan in."""

    issuer: str
    subject: str


class AccountData(msgspec.Struct, frozen=True):
    """Everything that is kept of a fan, newest first."""

    user: UserBody
    wallet: WalletBody
    orders: list[OrderBody]
    addresses: list[OrderAddressBody]
    transfers: list[TransferBody]
    sign_ins: list[LinkedLogin]
    passkeys: list[PasskeyBody]


RENAME = msgspec.json.Decoder(RenameMe)
CHANGE_PASSWORD = msgspec.json.Decoder(ChangePassword)
DELETE = msgspec.json.Decoder(DeleteAccount)
EXAMPLE: dict[str, Any] = {
    "user": EXAMPLE_USER,
    "wallet": {"balance": 0, "currency": "KRW"},
    "orders": [EXAMPLE_PAID],
    "addresses": [{"order_id": EXAMPLE_ID, "email": "fan@example.com", "language": "ko"}],
    "transfers": [EXAMPLE_TRANSFER],
    "sign_ins": [{"issuer": "https://accounts.google.com", "subject": "10769150350006150715113"}],
    "passkeys": [EXAMPLE_PASSKEY],
}


async def rename(call: Call) -> Answer:
    """Call the fan something else. Guests can have a name, too."""
    user_id = call.user_id()
    wanted = await call.body(RENAME)
    user = await sessions.rename(call.runtime.postgres, user_id, wanted.name)
    return Answer(200, UserBody(*user))


async def change_password(call: Call) -> Answer:
    """Set another password with the current one. Every session from before ends, on every node
    within moments; the answer has a new access token. Wrong passwords count as at a sign-in."""
    runtime, user_id = call.runtime, call.user_id()
    given = await call.body(CHANGE_PASSWORD)
    token = await sessions.change_password(
        runtime.postgres,
        runtime.issuer,
        runtime.passwords,
        runtime.sign_in_limit,
        user_id,
        current=given.current_password,
        password=given.password,
        address=call.account_address(),
    )
    return Answer(201, Session(token.text, instant(token.expires_at)), (UNSTORED,))


async def show_data(call: Call) -> Answer:
    """Everything that is kept of the fan: to look at, to take along, and before a deletion."""
    runtime, user_id = call.runtime, call.user_id()
    user = await sessions.who_is(runtime.postgres, user_id)
    wallet = await looks.own_wallet(runtime, user_id)
    orders = await looks.own_orders(runtime, user_id, before=None, limit=KEPT_MAX)
    addresses = await account_deletion.addresses(runtime, user_id, KEPT_MAX)
    sign_ins = await sign_in_elsewhere.sign_ins_of(runtime, user_id)
    transfers = await account_deletion.transfers(runtime, user_id, KEPT_MAX)
    data = AccountData(
        UserBody(*user),
        WalletBody(*wallet),
        await show_looked_at(call, orders),
        [OrderAddressBody(*each) for each in addresses],
        [shown_transfer(line) for line in transfers],
        [LinkedLogin(*each) for each in sign_ins],
        [shown(each) for each in await passkeys.of_user(runtime, user_id)],
    )
    return Answer(200, data, (UNSTORED,))


async def delete_account(call: Call) -> Answer:
    """Delete the account: name, addresses and password are gone, and every session ends. Orders and
    the ledger stay under the user id. It is refused while there is a balance, a held order or a
    ticket for a date to come."""
    caller, (_, issued_s) = call.identity(), call.session()
    given = await call.optional_body(DELETE) or DeleteAccount()
    await account_deletion.delete_account(
        call.runtime, caller, issued_s, password=given.password, address=call.account_address()
    )
    return Answer(204)


OPERATIONS = (
    Operation(
        "rename_me",
        "PATCH",
        "/v1/me",
        "users",
        "Change my name",
        rename,
        body=RenameMe,
        body_example={"name": "김예매"},
        signed_in=True,
        answers=(Shown(200, "The fan as they are called now", UserBody, EXAMPLE_USER),),
        problems=(Unauthenticated, *OF_BODIES),
    ),
    Operation(
        "change_password",
        "POST",
        "/v1/me/password",
        "users",
        "Change my password",
        change_password,
        body=ChangePassword,
        body_example={"current_password": "correct horse", "password": "battery staple"},
        signed_in=True,
        answers=(Shown(201, "Changed, and signed in anew", Session, EXAMPLE_SESSION),),
        problems=(Unauthenticated, WrongCredentials, RateLimited, *OF_BODIES),
    ),
    Operation(
        "show_account_data",
        "GET",
        "/v1/me/data",
        "users",
        "Everything that is kept of me",
        show_data,
        signed_in=True,
        answers=(Shown(200, "What is kept", AccountData, EXAMPLE),),
        problems=(Unauthenticated,),
    ),
    Operation(
        "delete_account",
        "POST",
        "/v1/me/deletion",
        "users",
        "Delete my account",
        delete_account,
        body=DeleteAccount,
        body_example={"password": "correct horse"},
        body_is_optional=True,
        signed_in=True,
        answers=(Shown(204, "Deleted"),),
        problems=(
            Unauthenticated,
            WrongCredentials,
            SecondFactorRequired,
            FreshSignInRequired,
            RateLimited,
            *OF_BODIES,
        ),
    ),
)

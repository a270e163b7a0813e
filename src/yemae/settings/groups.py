"""All settings by group.

Each group's file has its settings with default, limits and sentence. docs/configuration.md and its
Korean twin are generated from them alone. The environment variable of a field is `YEMAE_` and the
field's name in capitals, without the group: a field's name is unique.
"""

from typing import Annotated

import msgspec

from yemae.settings.https import HttpsSettings
from yemae.settings.mail import MailSettings
from yemae.settings.payments import PaymentSettings, Providers
from yemae.settings.said import said
from yemae.settings.sale import AccountSettings, SaleSettings, TopUps, WaitingRoomSettings
from yemae.settings.server import LogSettings, ServerSettings
from yemae.settings.stores import StoreSettings
from yemae.settings.webhooks import WebhookSettings

# A developer's or a school's machine makes many fans; in production one address is a household, an
# office, or a part of a mobile network.
ACCOUNTS_PER_MINUTE = {"development": 600, "production": 300}
# Money for nothing is never a default where tickets are sold.
TOP_UPS: dict[str, TopUps] = {"development": "free", "production": "off"}
PROVIDERS: dict[str, Providers] = {"development": "test", "production": "none"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set, by group."""

    server: Annotated[ServerSettings, said("Server", "서버")] = msgspec.field(
        default_factory=ServerSettings
    )
    https: Annotated[HttpsSettings, said("HTTPS", "HTTPS")] = HttpsSettings()
    logs: Annotated[LogSettings, said("Logs and metrics", "로그와 메트릭")] = LogSettings()
    stores: Annotated[StoreSettings, said("Stores", "저장소")] = msgspec.field(
        default_factory=StoreSettings
    )
    queue: Annotated[WaitingRoomSettings, said("Waiting room", "대기열")] = WaitingRoomSettings()
    sale: Annotated[SaleSettings, said("Sale and money", "판매와 돈")] = SaleSettings()
    payments: Annotated[PaymentSettings, said("Card payment", "카드 결제")] = PaymentSettings()
    accounts: Annotated[AccountSettings, said("Accounts", "계정")] = AccountSettings()
    mail: Annotated[MailSettings, said("Mail", "메일")] = MailSettings()
    webhooks: Annotated[WebhookSettings, said("Webhooks", "웹훅")] = WebhookSettings()

    def new_accounts_max(self) -> int:
        """How many accounts, guests included, one address may make in a minute."""
        return (
            self.accounts.accounts_per_address_per_minute or ACCOUNTS_PER_MINUTE[self.server.mode]
        )

    def top_ups(self) -> TopUps:
        """How money comes into a wallet here."""
        return self.sale.top_ups or TOP_UPS[self.server.mode]

    def payment_provider(self) -> Providers:
        """Who takes card payments here."""
        return self.payments.payment_provider or PROVIDERS[self.server.mode]

    def tells_fans(self) -> bool:
        """Whether messages to fans are written: to be sent, or in development to be shown."""
        return bool(self.mail.smtp_url) or self.server.mode == "development"

    def needs_guest_email(self) -> bool:
        """Whether a payment of a fan whose account has no address takes one."""
        return self.accounts.guest_email == "required" and self.tells_fans()

    def shows_mail(self) -> bool:
        """Whether messages are shown at `/dev/mail` and sent nowhere."""
        return self.tells_fans() and not self.mail.smtp_url

    def origin(self) -> str:
        """What addresses of this server begin with where no request says it, as in mails; empty
        where it is not known."""
        if self.mail.public_url:
            return self.mail.public_url.rstrip("/")
        if self.https.domain:
            port = "" if self.https.https_port == 443 else f":{self.https.https_port}"
            return f"https://{self.https.domain}{port}"
        if self.server.mode == "production":
            return ""
        return f"http://{self.server.host}:{self.server.port}"

    def replace(self, **values: object) -> "Settings":
        """The same settings with other values, by the fields' names without their groups. Raises
        TypeError for a name that no group has."""
        groups = {name: getattr(self, name) for name in self.__struct_fields__}
        changed = {}
        for name, group in groups.items():
            mine = {key: values.pop(key) for key in group.__struct_fields__ if key in values}
            changed[name] = msgspec.structs.replace(group, **mine)
        if values:
            raise TypeError(f"no setting is called {', '.join(values)}")
        return Settings(**changed)

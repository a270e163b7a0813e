"""All logins of others that a server process knows, with their connections."""

from collections.abc import Callable, Coroutine
from typing import Any

from yemae.accounts.logins.attempt import PURPOSE
from yemae.accounts.logins.file import read_logins
from yemae.accounts.logins.own import OwnTokens
from yemae.accounts.logins.provider import ProviderClient
from yemae.base.signing import Signer
from yemae.base.web_client import WebClient
from yemae.settings import Settings
from yemae.store.throttle import Throttle
from yemae.store.valkey import Valkey

# A provider that is slow holds up those who sign in with it, for this long, and nothing else.
CALL_S = 5.0
CONNECTIONS_MAX = 64
# Fans who may be on their way back at once in one process; more are answered 503.
COMING_BACK_MAX = 256
LIMIT_S = 60


class Logins:
    """The providers, by their ids, and the operator's own login."""

    def __init__(self, settings: Settings, valkey: Valkey, now_s: Callable[[], float]) -> None:
        file, plain = read_logins(settings), settings.server.mode == "development"
        self._client = WebClient(CALL_S, CONNECTIONS_MAX)
        self.providers = {
            each.key: ProviderClient(each, self._client, now_s, plain=plain)
            for each in file.providers
        }
        own = file.access_tokens
        self.own_issuer = own.issuer if own else None
        self.own_tokens = OwnTokens(own, self._client, now_s, plain=plain) if own else None
        # Of one network; as many as it may make accounts, because each may make one.
        self.limit = Throttle(valkey, "sign-ins-elsewhere", settings.new_accounts_max(), LIMIT_S)
        self.cookies = Signer(settings.stores.secret_key, PURPOSE, now_s)

    def works(self) -> list[Coroutine[Any, Any, None]]:
        """What runs in the background."""
        return [self.own_tokens.keep_fresh()] if self.own_tokens else []

    async def close(self) -> None:
        """Close every connection."""
        await self._client.close()

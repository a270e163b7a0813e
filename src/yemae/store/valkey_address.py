"""What YEMAE_VALKEY_URL says: one server, nodes of a cluster, or sentinels and the name that they
have for the primary. Pure.

Every connection to Valkey begins here: the server's, the commands', and the check at the start.

    valkey://user:password@one:6379/0
    valkey://user:password@one:6379,two:6379
    valkey+sentinel://user:password@one:26379,two:26379/mymaster/0
"""

from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from yemae.store.slots import Address

SENTINEL = "+sentinel"
SENTINEL_PORT = 26379
# Parameters of an address of sentinels: their own account, where they have one.
OWN_ACCOUNT = ("sentinel_username", "sentinel_password")
NO_NAME = (
    "sentinels need the name of the primary, such as valkey+sentinel://one:26379,two:26379/mymaster"
)


class ValkeyAddress(NamedTuple):
    """Where Valkey is. With sentinels, `urls` are theirs."""

    urls: tuple[str, ...]
    # What the sentinels call the primary; empty: there are none.
    primary: str = ""
    # The URL of a server that sentinels name, without its host and port.
    server: str = ""

    def server_url(self, address: Address) -> str:
        """The URL of a server that sentinels name."""
        host = f"[{address.host}]" if ":" in address.host else address.host
        parts = urlsplit(self.server)
        return urlunsplit(parts._replace(netloc=f"{parts.netloc}{host}:{address.port}"))


def read_address(url: str) -> ValkeyAddress:
    """What a URL says. Raises ValueError when it says too little; the driver checks the rest."""
    parts = urlsplit(url)
    account, at, hosts = parts.netloc.rpartition("@")
    named = [host.strip() for host in hosts.split(",")]
    if not parts.scheme.endswith(SENTINEL):
        if len(named) == 1:
            return ValkeyAddress((url,))
        return ValkeyAddress(
            tuple(urlunsplit(parts._replace(netloc=f"{account}{at}{host}")) for host in named)
        )
    name, _, database = parts.path.strip("/").partition("/")
    if not name:
        raise ValueError(NO_NAME)
    query = parse_qsl(parts.query)
    own = dict(query)
    username, password = (quote(own.get(key, ""), safe="") for key in OWN_ACCOUNT)
    own_account = f"{username}:{password}@" if username or password else ""
    rest = urlencode([(key, value) for key, value in query if key not in OWN_ACCOUNT])
    base = parts._replace(scheme=parts.scheme.removesuffix(SENTINEL), query=rest)
    urls = [urlunsplit(base._replace(netloc=own_account + _ported(h), path="")) for h in named]
    server = urlunsplit(base._replace(netloc=account + at, path=f"/{database}"))
    return ValkeyAddress(tuple(urls), unquote(name), server)


def place_of(url: str) -> str:
    """The server without the password."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or parts.path


def _ported(host: str) -> str:
    return host if host.rpartition("]")[2].count(":") else f"{host}:{SENTINEL_PORT}"

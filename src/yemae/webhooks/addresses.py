"""Where webhooks may go: https to public addresses, unless a setting allows others. Pure.

An operator of the console names an URL, and the server calls it from inside the operator's network.
So the address is judged when the connection is made, after the name was resolved: a name that
points to this machine, to a private network or to a cloud's metadata service gets no connection.
"""

import ipaddress
from urllib.parse import urlsplit

from yemae.settings.webhooks import WebhookAddresses

URL_MAX_CHARS = 2_000
# IPv6 addresses that a gateway turns into the IPv4 address in their last 32 bits (RFC 6052).
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
IPV4 = (1 << 32) - 1
# Which Python calls global: a network's own NAT64 (RFC 8215), the former site-local addresses, and
# the former IPv4-compatible ones.
NOT_PUBLIC = [ipaddress.IPv6Network(each) for each in ("64:ff9b:1::/48", "fec0::/10", "::/96")]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(text: str) -> bool:
    """Whether an IP address belongs to the public internet, also inside of an IPv6 address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if any(address in network for network in NOT_PUBLIC):
        return False
    address = _inner(address)
    return address.is_global and not address.is_multicast


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in NAT64:
            return ipaddress.IPv4Address(int(address) & IPV4)
    return address


def wrong_url(url: str, allowed: WebhookAddresses) -> str | None:
    """Why an URL cannot be an endpoint; None: it can, as far as its text says."""
    if len(url) > URL_MAX_CHARS:
        return f"Expected at most {URL_MAX_CHARS} characters"
    schemes = ("https",) if allowed == "public" else ("https", "http")
    example = f"Expected an URL such as `{schemes[-1]}://example.com/hooks`"
    if not url.isascii() or not url.isprintable() or any(each in url for each in ' \\#@"<>'):
        return example
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return example
    if parts.scheme not in schemes or not host or port == 0:
        return example
    if allowed == "public" and _is_address(host) and not is_public(host):
        return "Expected a public address"
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True

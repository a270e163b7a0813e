"""Whether a request comes without a proxy in between, and from a program of this machine itself."""

import ipaddress

from starlette.types import Scope

# What proxies say of themselves or of their client.
FORWARDING = frozenset(
    (b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"forwarded", b"via")
)


def is_direct(scope: Scope) -> bool:
    """Whether no proxy has passed the request on, as far as proxies say so: one that adds no header
    of its own speaks HTTP/1.0, as nginx does."""
    return scope["http_version"] != "1.0" and all(
        name not in FORWARDING for name, _ in scope["headers"]
    )


def is_local(scope: Scope) -> bool:
    """Whether the caller is on this machine and speaks for itself. A proxy that says nothing of
    itself passes on the host that it was asked for."""
    client = scope.get("client")
    return (
        client is not None
        and _is_loopback(client[0])
        and is_direct(scope)
        and all(name != b"host" or _names_this_machine(value) for name, value in scope["headers"])
    )


def _names_this_machine(host: bytes) -> bool:
    name, _, port = host.decode("latin-1").rpartition(":")
    if not port.isdigit():
        name = f"{name}:{port}" if name else port
    return name == "localhost" or _is_loopback(name.strip("[]"))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False

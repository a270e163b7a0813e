"""What addresses of this server begin with, as its clients see it. Pure."""

import re

from yemae.settings import Settings

# A name or an address, with a port: nothing else becomes part of what we answer.
HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


def origin_of(settings: Settings, host: str, forwarded: str, scheme: str) -> str | None:
    """The server's domain, or else the host that the client asked; None where that is no host. A
    proxy says in `X-Forwarded-Proto` whether it was asked by HTTPS."""
    https = settings.https
    if https.domain:
        port = "" if https.https_port == 443 else f":{https.https_port}"
        return f"https://{https.domain}{port}"
    if HOST.fullmatch(host) is None:
        return None
    return f"{forwarded if forwarded in ('http', 'https') else scheme}://{host}"

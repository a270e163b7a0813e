"""The server's address: opening it, naming it, and asking there whether the server is ready."""

import errno
import http.client
import socket

from yemae.values.troubles import TroubleError

BACKLOG = 2048
PORT_MAX = 65_535
WEB_PORTS = (80, 443)
PROBE_TIMEOUT_S = 5.0


class ServeError(TroubleError):
    """The server cannot run; the text is one sentence or two."""


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket of a command that takes its address from its options alone."""
    listener = bind(host, port, "")
    listener.listen(BACKLOG)
    return listener


def bind(host: str, port: int, variable: str = "YEMAE_PORT") -> socket.socket:
    """Take the address, before anything else is started that would be in vain; `variable` is the
    setting of the port, if there is one.

    A client is refused until a server process that can answer begins to listen there.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # `localhost` has two addresses on most machines, and people mean the first kind.
        family, kind, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
        listener = socket.socket(family, kind)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ServeError(_why_not(host, port, error, variable)) from error
    return listener


def _why_not(host: str, port: int, error: OSError, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < PORT_MAX else port - 1
        ways = {"": f"--port {other}", "YEMAE_PORT": f"YEMAE_PORT={other} (or --port {other})"}
        return (
            f"Port {port} of {host} is in use: choose another with "
            f"{ways.get(variable, f'{variable}={other}')}, or stop what listens there."
        )
    if error.errno == errno.EACCES:
        return (
            f"Port {port} is reserved for root: choose one above 1023 with {variable or '--port'}"
            + (", or give this program CAP_NET_BIND_SERVICE." if port in WEB_PORTS else ".")
        )
    way = "YEMAE_HOST" if variable else "--host"
    return f"{host} is not an address of this machine ({way}): {error.strerror}."


def base_url(listener: socket.socket) -> str:
    """Where this machine reaches the server; a wildcard address is reached on loopback."""
    host, port = _reachable(listener)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _reachable(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104 - compared only


def is_ready(listener: socket.socket) -> tuple[bool, str]:
    """Ask `/readyz`. Returns whether it said 200, and what it said otherwise."""
    host, port = _reachable(listener)
    connection = http.client.HTTPConnection(host, port, timeout=PROBE_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz", headers={"Connection": "close"})
        answer = connection.getresponse()
        return answer.status == 200, f"{answer.status} {answer.read(500).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return False, str(error) or type(error).__name__
    finally:
        connection.close()

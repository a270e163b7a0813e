"""Clients that connected just before the port closes.

Always holds: a connection that the system has taken for us is served. It would be reset when the
last process closes the port, although its request may be in it already.
"""

import asyncio
import socket
from collections.abc import Callable

# More than a port keeps waiting; a crowd that goes on connecting must not keep the server.
LAST_MAX = 8_192


async def take_the_rest(listener: socket.socket, serve: Callable[[], asyncio.Protocol]) -> None:
    """Serve every connection that waits at `listener`, which the event loop does not watch any
    more, and close it."""
    listener.setblocking(False)
    with listener:
        taken = _accept_all(listener)
    loop = asyncio.get_running_loop()
    for client in taken:
        try:
            await loop.connect_accepted_socket(serve, client)
        except OSError:  # The client is gone already.
            client.close()


def _accept_all(listener: socket.socket) -> list[socket.socket]:
    taken: list[socket.socket] = []
    while len(taken) < LAST_MAX:
        try:
            client, _ = listener.accept()
        except OSError:  # None waits, or no more files may be open.
            break
        client.setblocking(False)
        taken.append(client)
    return taken

"""What becomes of clients that connect just before the port closes."""

import asyncio
import socket

from yemae.http.last_connections import take_the_rest


class Echo(asyncio.Protocol):
    """Sends what comes back, and closes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep it."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Send it back."""
        self._transport.write(data)
        self._transport.close()


async def test_every_client_that_has_connected_is_served_and_none_after_it() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    address = listener.getsockname()
    clients = [socket.create_connection(address, timeout=30) for _ in range(40)]
    for client in clients:
        client.sendall(b"hello")
    await take_the_rest(listener, Echo)
    answers = await asyncio.gather(*(asyncio.to_thread(client.recv, 99) for client in clients))
    assert answers == [b"hello"] * 40
    for client in clients:
        client.close()
    with socket.socket() as late:
        assert late.connect_ex(address) != 0


async def test_a_client_that_is_gone_again_harms_no_other() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    address = listener.getsockname()
    gone = socket.create_connection(address)
    gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    gone.close()
    with socket.create_connection(address, timeout=30) as client:
        client.sendall(b"hello")
        await take_the_rest(listener, Echo)
        assert await asyncio.to_thread(client.recv, 99) == b"hello"

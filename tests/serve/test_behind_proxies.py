"""Behind a real proxy that keeps its connections to the server, each client has its own answer."""

from pathlib import Path

import pytest

from helpers.connections import connected, next_echo, on_uvloop, send_each, serving
from helpers.proxies import haproxy, nginx

# As nginx's own guide says it for WebSockets, with the upstream's connections kept.
NGINX = """
upstream behind { server 127.0.0.1:PORT; keepalive 1; }
map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
server {
    listen LISTEN;
    location / {
        proxy_pass http://behind;
        proxy_http_version 1.1;
        proxy_request_buffering off;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
    }
}
"""
HAPROXY = """
defaults
    mode http
    option forwardfor
    http-reuse always
    timeout connect 10s
    timeout client 10s
    timeout server 10s
frontend in
    bind LISTEN
    default_backend behind
backend behind
    server one 127.0.0.1:PORT
"""
PROXIES = {"nginx": (nginx, NGINX), "haproxy": (haproxy, HAPROXY)}
SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: x\r\nX: "


@pytest.mark.parametrize("name", PROXIES)
@on_uvloop
async def test_a_body_behind_an_upgrade_becomes_no_other_client_s_request(
    name: str, tmp_path: Path
) -> None:
    start, config = PROXIES[name]
    async with serving() as (port, _):
        with start(tmp_path, config.replace("PORT", str(port))) as proxy:
            for _ in range(3):
                async with connected(proxy.port) as (reader, writer):
                    head = b"POST /attacker HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n"
                    head += b"Connection: upgrade\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED)
                    await send_each(writer, [head, SMUGGLED])
                    said = await next_echo(reader)
                    assert (said["path"], said["body"]) == ("/attacker", SMUGGLED.decode())
                async with connected(proxy.port) as (reader, writer):
                    writer.write(b"GET /victim HTTP/1.1\r\nHost: x\r\n\r\n")
                    said = await next_echo(reader)
                    assert (said["method"], said["path"], said["body"]) == ("GET", "/victim", "")


@on_uvloop
async def test_a_trailer_changes_no_address_behind_haproxy(tmp_path: Path) -> None:
    async with serving() as (port, _):
        with haproxy(tmp_path, HAPROXY.replace("PORT", str(port))) as proxy:
            async with connected(proxy.port) as (reader, writer):
                writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                writer.write(b"3\r\nabc\r\n0\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n")
                said = await next_echo(reader)
    addresses = [value for name, value in said["headers"] if name == "x-forwarded-for"]
    assert addresses == ["127.0.0.1"]

"""The proxies that other tests stand behind are real and do what their configuration says."""

from pathlib import Path

import httpx

from helpers.proxies import haproxy, nginx

ANSWERS = 'server { listen LISTEN; location / { return 200 "from $http_x_way nginx"; } }'
FORWARDS = """
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend in
    bind LISTEN
    http-request set-header X-Way haproxy,
    default_backend behind
backend behind
    server one 127.0.0.1:PORT
"""


def test_a_request_goes_through_both_proxies(tmp_path: Path) -> None:
    with (
        nginx(tmp_path, ANSWERS) as behind,
        haproxy(tmp_path, FORWARDS.replace("PORT", str(behind.port))) as before,
    ):
        assert httpx.get(before.url, timeout=30, trust_env=False).text == "from haproxy, nginx"

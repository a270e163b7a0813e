"""The configuration of Caddy as the JSON that it reads. Pure.

Always holds: the server gets the address that Caddy sees, never what the client writes; streams
pass unbuffered and uncompressed; what operators use is open to the networks that they named only;
and no request header is logged, because tokens are headers.
"""

import ipaddress
import re
from typing import Any, NamedTuple

import msgspec

from yemae.refusals import NotFound, Refusal, StoreUnavailable
from yemae.settings import Settings, SettingsError

Json = dict[str, Any]

# One label or several, as DNS has them; a name in Hangul becomes one of these.
DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
# Names that no public authority certifies.
INTERNAL = re.compile(r"(.*\.)?(localhost|local|internal|home\.arpa)")
OPERATORS_PATHS = ["/metrics", "/metrics/*", "/v1/admin", "/v1/admin/*"]

HEAD_WAIT = "10s"
IDLE = "60s"
HEAD_MAX_BYTES = 16_384
# Twice what the server takes, so that a longer body is refused in the server's own words.
BODY_MAX_BYTES = 131_072
# The server keeps a connection for 30 seconds: Caddy must not use one that is about to end.
UPSTREAM_IDLE = "20s"
UPSTREAM_IDLE_MAX = 1_024
DIAL_WAIT = "3s"
HSTS = "max-age=31536000"
# The page's files are compressed when they are built, and Caddy would take the end of their ETag
# for its own.
COMPRESSED_PATHS = ["/v1/*", "/openapi.json", "/docs", "/docs/*", "/problems/*"]
COMPRESS: Json = {
    "handler": "encode",
    "encodings": {"zstd": {}, "gzip": {}},
    "prefer": ["zstd", "gzip"],
    # A smaller answer fits one packet anyway.
    "minimum_length": 1_024,
    "match": {
        "headers": {
            "Content-Type": [
                f"{kind}*"
                for kind in ("application/json", "application/problem+json", "image/svg+xml",
                             "text/css", "text/html", "text/javascript", "text/plain")
            ]
        }
    },
}  # fmt: skip
LEVELS = {"debug": "DEBUG", "info": "INFO", "warning": "WARN", "error": "ERROR"}


class Places(NamedTuple):
    """What Caddy is given when it starts: its listeners as it names them, its folder, the server,
    and whether it logs JSON."""

    https: str
    http: str
    folder: str
    server: str
    is_json: bool


def domain_of(settings: Settings) -> str:
    """The public name in ASCII. Raises SettingsError for what is no name."""
    given = settings.https.domain
    try:
        name = given.encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if DOMAIN.fullmatch(name) is None or name.replace(".", "").isdigit():
        raise SettingsError(
            f"YEMAE_DOMAIN={given!r} cannot be used: expected a name such as tickets.example.com."
        )
    return name


def operators_from(settings: Settings) -> list[str]:
    """The networks that reach what operators use. Raises SettingsError for what is no network."""
    given = settings.https.operators_from
    try:
        networks = [ipaddress.ip_network(text.strip()) for text in given.split(",") if text.strip()]
    except ValueError as error:
        raise SettingsError(f"YEMAE_OPERATORS_FROM={given!r} cannot be used: {error}.") from error
    return [str(network) for network in networks]


def config(settings: Settings, places: Places) -> Json:
    """The whole configuration. Raises SettingsError where a setting cannot be used."""
    domain = domain_of(settings)
    return {
        # No address of Caddy's own: a new configuration means a new process.
        "admin": {"disabled": True, "config": {"persist": False}},
        "logging": {"logs": {"default": _log(settings, is_json=places.is_json)}},
        "storage": {"module": "file_system", "root": places.folder},
        "apps": {
            "http": {
                "grace_period": f"{settings.server.shutdown_grace_s}s",
                "servers": {
                    "https": _https(settings, domain, places),
                    "http": _redirect(settings, domain, places.http),
                },
            },
            "tls": {
                "automation": {
                    "policies": [{"subjects": [domain], "issuers": [_issuer(settings, domain)]}]
                }
            },
            # The machine's own list of authorities is its administrator's to change.
            "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
        },
    }


def _log(settings: Settings, *, is_json: bool) -> Json:
    """Lines in the form of our own."""
    encoder = {
        "format": "json" if is_json else "console",
        "message_key": "event",
        "time_key": "timestamp",
        "name_key": "logger",
        "time_format": "2006-01-02T15:04:05.000000Z07:00",
    }
    hidden = {"request>headers": {"filter": "delete"}}
    return {
        "writer": {"output": "stderr"},
        "encoder": {"format": "filter", "wrap": encoder, "fields": hidden},
        "level": LEVELS[settings.logs.log_level],
    }


def _issuer(settings: Settings, domain: str) -> Json:
    if not settings.https.acme_url and INTERNAL.fullmatch(domain):
        return {"module": "internal"}
    other = settings.https.acme_url
    return {"module": "acme", "ca": other} if other else {"module": "acme"}


def _limits(listener: str, protocols: list[str]) -> Json:
    return {
        "listen": [listener],
        "protocols": protocols,
        "read_header_timeout": HEAD_WAIT,
        "idle_timeout": IDLE,
        "max_header_bytes": HEAD_MAX_BYTES,
    }


def _https(settings: Settings, domain: str, places: Places) -> Json:
    routes = [
        _only_for(operators_from(settings)),
        {"match": [{"path": COMPRESSED_PATHS}], "handle": [COMPRESS]},
        {"handle": _to_server(domain, places.server)},
    ]
    ours = {
        "match": [{"host": [domain]}],
        "handle": [{"handler": "subroute", "routes": routes}],
        "terminal": True,
    }
    # The name in the certificate is the only one that is served here.
    other = {"handle": [{"handler": "static_response", "status_code": 421}]}
    away = {
        "match": [{"expression": "{http.error.status_code} >= 500"}],
        "handle": [_problem(StoreUnavailable(), {"Retry-After": ["1"]})],
    }
    return {
        **_limits(places.https, ["h1", "h2"]),
        "automatic_https": {"disable_redirects": True},
        "routes": [ours, other],
        "errors": {"routes": [away]},
    }


def _only_for(networks: list[str]) -> Json:
    """Answer all others as if there were nothing."""
    closed: Json = {"path": OPERATORS_PATHS}
    if networks:
        closed["not"] = [{"remote_ip": {"ranges": networks}}]
    return {"match": [closed], "handle": [_problem(NotFound(), {})], "terminal": True}


def _to_server(domain: str, server: str) -> list[Json]:
    """Limit the request and pass it on."""
    strict = {} if INTERNAL.fullmatch(domain) else {"Strict-Transport-Security": [HSTS]}
    return [
        {"handler": "headers", "response": {"set": strict}},
        {"handler": "request_body", "max_size": BODY_MAX_BYTES},
        {
            "handler": "reverse_proxy",
            "upstreams": [{"dial": server}],
            # X-Forwarded-For is overwritten, as no proxy before this one is trusted.
            "headers": {"request": {"delete": ["Forwarded", "X-Real-Ip"]}},
            "transport": {
                "protocol": "http",
                "compression": False,
                "dial_timeout": DIAL_WAIT,
                "keep_alive": {
                    "idle_timeout": UPSTREAM_IDLE,
                    "max_idle_conns_per_host": UPSTREAM_IDLE_MAX,
                },
            },
        },
    ]


def _problem(refusal: Refusal, headers: Json) -> Json:
    """Answer with the problem document of a refusal, as the server does."""
    document = {
        "type": f"/problems/{refusal.slug}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail(),
    }
    return {
        "handler": "static_response",
        "status_code": refusal.status,
        "headers": {
            "Content-Type": ["application/problem+json"],
            "Cache-Control": ["no-store"],
            **headers,
        },
        "body": msgspec.json.encode(document).decode(),
    }


def _redirect(settings: Settings, domain: str, listener: str) -> Json:
    """Plain HTTP: the authority's challenges, which Caddy answers first, and a redirect."""
    port = "" if settings.https.https_port == 443 else f":{settings.https.https_port}"
    answer = {
        "handler": "static_response",
        "status_code": 308,
        "headers": {"Location": [f"https://{domain}{port}{{http.request.uri}}"]},
        "close": True,
    }
    return {
        **_limits(listener, ["h1"]),
        "automatic_https": {"disable": True},
        "routes": [{"handle": [answer]}],
    }

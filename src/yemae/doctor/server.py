"""What is checked of the server that runs, of the proxies before it, and of the page."""

import ipaddress
from collections.abc import Iterator, Mapping

import msgspec

from yemae import __version__
from yemae.doctor.findings import Finding, found, worst
from yemae.doctor.running import Said
from yemae.settings import BUILT_PAGE, Settings

TRUSTED = "FORWARDED_ALLOW_IPS"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
STAMP = "built.json"
# The jobs come every few seconds; one of them may wait for a payment provider.
JOBS_LATE_S = 120.0


def check_server(said: Said) -> Finding:
    """Whether the server at this machine's address does all that a sale needs."""
    if said.ready is None:
        return found("server.none", url=said.url)
    if not said.is_ours:
        return found("server.other", url=said.url)
    if said.ready != 200:
        return found("server.not_ready", url=said.url, said=said.states)
    if said.healthy != 200:
        return found("server.degraded", url=said.url, said=said.states)
    return found("server.ready", url=said.url)


def check_jobs(said: Said) -> Finding:
    """Whether the jobs process of this node works."""
    if not said.is_ours:
        return found("jobs.unknown")
    if said.jobs_ago_s is None or said.jobs_ago_s > JOBS_LATE_S:
        return found("jobs.none")
    return found("jobs.running")


def check_proxies(environ: Mapping[str, str], settings: Settings, said: Said) -> Finding:
    """Whether the addresses that limits count are those of fans: which proxies are trusted, and
    what came from proxies that are not."""
    return worst([*_trust(environ, settings), *_arrived(said)])


def _trust(environ: Mapping[str, str], settings: Settings) -> Iterator[Finding]:
    trusted = environ.get(TRUSTED)
    entries = [entry.strip() for entry in (trusted or "").split(",") if entry.strip()]
    if trusted is None:
        yield found("proxies.this_machine")
    elif trusted == "*":
        is_local = settings.server.host in LOOPBACK
        yield found("proxies.all_local" if is_local else "proxies.all")
    elif bad := [entry for entry in entries if not _is_network(entry)]:
        yield found("proxies.unreadable", entry=bad[0])
    elif entries:
        yield found("proxies.named", trusted=", ".join(entries))
    else:
        yield found("proxies.none")


def _is_network(entry: str) -> bool:
    try:
        ipaddress.ip_network(entry)
    except ValueError:
        return False
    return True


def _arrived(said: Said) -> Iterator[Finding]:
    if said.untrusted:
        yield found("proxies.untrusted", requests=said.untrusted)


class Stamp(msgspec.Struct):
    """What the build says of a page."""

    version: str = ""


def check_page(settings: Settings) -> Finding:
    """Whether the page that comes with the server is of its version."""
    folder = settings.server.page_dir
    if folder != BUILT_PAGE:
        return found("page.own", folder=str(folder))
    if not (folder / "index.html").is_file():
        return found("page.none")
    try:
        built = msgspec.json.decode((folder / STAMP).read_bytes(), type=Stamp).version
    except (OSError, msgspec.DecodeError):
        built = ""
    if built != __version__:
        return found("page.other", built=built or "unknown", version=__version__)
    return found("page.built", version=built)

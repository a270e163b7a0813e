"""From a fresh Debian to a paid ticket over HTTPS, by the commands of docs/install.md: the script,
then the service as its unit starts it, on ports 80 and 443 of a network of its own."""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from helpers.fresh_debian import FreshDebian, network
from helpers.https import ROOT_CERTIFICATE
from helpers.pages import ROOT, blocks, read
from helpers.story import assert_every_step, story
from helpers.unit import Service
from scripts.wheel import build

pytestmark = pytest.mark.deployment
UNIT = "yemae.service"
AUTHORITY = "/tmp/yemae-root.crt"  # noqa: S108 - as the page says


class Machine(NamedTuple):
    """A Debian on which Yemae was installed and runs."""

    debian: FreshDebian
    service: Service


def typed(beginning: str) -> str:
    """The block of commands of the page that begins like this."""
    (found,) = [
        block.text for block in blocks(read("docs/install.md")) if block.text.startswith(beginning)
    ]
    # Who types is root here, and the name is the one that leads to this machine.
    return found.replace("sudo ", "").replace("tickets.example.com", "localhost")


# Each server process looks for new concerts twice a second; ten new connections reach all of them.
KNOWN_EVERYWHERE = """
for _ in 1 2 3 4 5 6 7 8 9 10; do
    until curl -fs "$YEMAE_URL/v1/concerts/small-hall" >/dev/null; do sleep 0.1; done
done
"""


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """Installed by the script; the service runs."""
    name = f"yemae-{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="yemae-install-") as folder, network(name):
        root, log = Path(folder) / "root", Path(folder) / "log"
        Path(folder).chmod(0o711)
        debian = FreshDebian(root)
        debian.make()
        build(root / "root/yemae/dist")
        began = time.monotonic()
        install = typed("sudo sh dist/install.sh")
        print(debian.run("sh", "-c", f"cd /root/yemae && {install}"))  # noqa: T201 - for its reader
        print(f"installed in {time.monotonic() - began:.0f} s")  # noqa: T201
        trial, _ = typed("echo YEMAE_TOP_UPS").splitlines()
        debian.run("sh", "-ec", trial)
        debian = FreshDebian(root, name)
        service = Service(debian, root / "etc/systemd/system" / UNIT, log)
        service.start()
        print(f"serves after {time.monotonic() - began:.0f} s")  # noqa: T201
        try:
            yield Machine(debian, service)
        finally:
            assert service.stop() == 0, log.read_text()


def test_a_fan_buys_a_ticket_over_https_whose_certificate_is_checked(machine: Machine) -> None:
    machine.debian.run("sh", "-ec", typed("sudo yemae concerts load"))
    ready = machine.debian.run("sh", "-ec", typed("sudo cp /var/lib/yemae/caddy"))
    assert '"status":"ready"' in ready
    where = {"YEMAE_URL": "https://localhost", "CURL_CA_BUNDLE": AUTHORITY}
    machine.debian.run("sh", "-ec", KNOWN_EVERYWHERE, **where)
    assert_every_step(machine.debian.run("bash", text=story(), **where))
    unchecked = {**where, "CURL_CA_BUNDLE": "/dev/null"}
    with pytest.raises(AssertionError, match="No server at https://localhost"):
        machine.debian.run("bash", text=story(), **unchecked)


def test_the_journal_gets_json_and_says_where_it_serves(machine: Machine) -> None:
    lines = machine.service.log.read_text().splitlines()
    assert all(line.startswith("{") for line in lines), lines
    assert any('"url":"https://localhost"' in line for line in lines)
    assert any("STATUS=Serving https://localhost" in said for said in machine.service.heard)


def test_every_process_is_the_service_s_user_and_the_key_is_root_s(machine: Machine) -> None:
    uid = int(machine.debian.run("id", "-u", "yemae"))
    root = machine.debian.root
    data = [root / "var/lib/yemae", *(root / "var/lib/yemae").rglob("*")]
    assert {path.lstat().st_uid for path in data} == {uid}
    key = (root / "etc/yemae/secret.key").stat()
    assert (key.st_uid, key.st_mode & 0o777) == (0, 0o400)
    units = {path.name for path in (root / "etc/systemd/system").glob("yemae*")}
    assert units == {UNIT, "yemae-backup.service", "yemae-backup.timer"}
    assert not (root / "var/lib/yemae/secret.key").exists()
    assert (root / "var/lib/yemae/caddy" / ROOT_CERTIFICATE).exists()


def test_the_script_may_be_run_again_and_keeps_settings_and_key(machine: Machine) -> None:
    root = machine.debian.root
    kept = [root / "etc/yemae" / name for name in ("yemae.env", "secret.key")]
    before = [path.read_bytes() for path in kept]
    said = FreshDebian(root).run("sh", "/root/yemae/dist/install.sh", "other.example.com")
    assert "stays as it is" in said
    assert [path.read_bytes() for path in kept] == before


def test_the_script_says_what_it_lacks() -> None:
    script = str(ROOT / "deploy/install.sh")
    for arguments, sentence in (((), "name the domain"), (("a.kr",), "there is no wheel")):
        with pytest.raises(AssertionError, match=sentence):
            FreshDebian(Path("/")).run("sh", script, *arguments)

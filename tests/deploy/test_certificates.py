"""A public name gets its certificate by ACME: from an authority of the test, which asks for proof
on ports 80 and 443 as Let's Encrypt does, in a network where the name leads to this machine."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from helpers.fresh_debian import network
from helpers.https import ROOT_CERTIFICATE
from yemae.serve.caddy import find_program

pytestmark = pytest.mark.deployment
NAME = "tickets.example.com"
HOSTS = f"127.0.0.1 localhost ca.internal {NAME}\n"
DIRECTORY = "https://ca.internal:9443/acme/local/directory"
AUTHORITY = {
    "admin": {"disabled": True},
    "apps": {
        "http": {
            "http_port": 9080,
            "https_port": 9443,
            "servers": {
                "ca": {
                    "listen": ["127.0.0.1:9443"],
                    "protocols": ["h1", "h2"],
                    "automatic_https": {"disable_redirects": True},
                    "routes": [
                        {
                            "match": [{"host": ["ca.internal"]}],
                            "handle": [{"handler": "acme_server"}],
                        }
                    ],
                }
            },
        },
        "tls": {
            "automation": {
                "policies": [{"subjects": ["ca.internal"], "issuers": [{"module": "internal"}]}]
            }
        },
        "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
    },
}
IN_IT = 'mount --bind "$1" /etc/hosts; shift; exec "$@"'


class Place:
    """The network, with the names of it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        hosts = folder / "hosts"
        hosts.write_text(HOSTS)
        self._prefix = ["ip", "netns", "exec", name, "unshare", "--mount", "--propagation",
                        "private", "sh", "-ec", IN_IT, "names", str(hosts)]  # fmt: skip

    @contextmanager
    def running(self, name: str, *command: str, **environ: str) -> Iterator[Path]:
        """Run a program there; gives its output."""
        said = self.folder / f"{name}.log"
        with said.open("wb") as log:
            process = subprocess.Popen(
                [*self._prefix, *command], env=environ, stdout=log, stderr=log, cwd=self.folder
            )
        try:
            yield said
        finally:
            process.terminate()
            process.wait(timeout=120)

    def curl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Ask there."""
        command = [*self._prefix, "curl", "-sS", "--noproxy", "*", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def until(self, *arguments: str) -> str:
        """Ask until there is an answer."""
        deadline = time.monotonic() + 180
        while (done := self.curl(*arguments)).returncode != 0:
            assert time.monotonic() < deadline, done.stderr + self.logs()
            time.sleep(0.1)
        return done.stdout

    def logs(self) -> str:
        """What its programs said."""
        return "\n".join(path.read_text() for path in self.folder.glob("*.log"))


def test_a_public_name_gets_a_certificate_of_the_authority_that_was_named() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="yemae-acme-") as path,
        network(f"acme-{os.getpid()}") as name,
    ):
        folder = Path(path)
        folder.chmod(0o711)
        place = Place(folder, name)
        config = folder / "ca.json"
        config.write_text(
            json.dumps({**AUTHORITY, "storage": {"module": "file_system", "root": f"{path}/ca"}})
        )
        kept = {key: value for key, value in os.environ.items() if "YEMAE" not in key}
        command = [str(find_program()), "run", "--config", str(config)]
        root = str(folder / "ca" / ROOT_CERTIFICATE)
        trusted = folder / "root.crt"
        serve = [sys.executable, "-m", "yemae", "serve", "--domain", NAME, "--workers", "1"]
        settings = {
            "YEMAE_DATA_DIR": f"{path}/data",
            "YEMAE_ACME_URL": DIRECTORY,
            "YEMAE_SHUTDOWN_DRAIN_S": "0",
            "SSL_CERT_FILE": str(trusted),
        }
        with place.running("ca", *command, **{**kept, "HOME": path}):
            place.until("--cacert", root, DIRECTORY)
            # Caddy behind the server is no root.
            shutil.copy(root, trusted)
            trusted.chmod(0o644)
            with place.running("server", *serve, **{**kept, **settings}):
                ready = place.until("--cacert", root, f"https://{NAME}/readyz")
                assert '"status":"ready"' in ready, place.logs()
                shown = place.curl("-v", "--cacert", root, f"https://{NAME}/readyz").stderr
                assert "Strict-Transport-Security".lower() in shown.lower()
                moved = place.curl("-D", "-", f"http://{NAME}/concerts").stdout
                assert f"https://{NAME}/concerts" in moved
                assert "no certificate yet" not in place.logs()

"""A unit file of systemd, read, and started as far as that is possible without systemd: with its
user, umask, settings, credentials, capabilities and folders, and a socket for its notices."""

import os
import socket
import subprocess
import time
from pathlib import Path

from helpers.fresh_debian import FreshDebian

START_S = 300.0
# MemoryDenyWriteExecute, from <linux/prctl.h>; an older kernel does without.
DENY_WRITE_EXECUTE = "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); "
DENY_WRITE_EXECUTE += "os.execv(sys.argv[1], sys.argv[1:])"


def read_unit(path: Path) -> dict[str, list[str]]:
    """Each key with its values, in order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


class Service:
    """A service of a unit inside a Debian."""

    def __init__(self, machine: FreshDebian, unit: Path, log: Path) -> None:
        self.machine, self.unit, self.log = machine, read_unit(unit), log
        self.heard: list[str] = []
        self._credentials = Path("/run/credentials") / unit.name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.settimeout(1)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it says READY=1."""
        (user,) = self.unit["User"]
        uid, gid = (int(self.machine.run("id", kind, user)) for kind in ("-u", "-g"))
        self._make_folders(uid, gid)
        environ = {**self.machine.environ(), **self._settings(), "NOTIFY_SOCKET": "/run/notify"}
        path = self.machine.root / "run/notify"
        path.unlink(missing_ok=True)
        self._socket.bind(str(path))
        path.chmod(0o666)
        (capability,) = self.unit["AmbientCapabilities"]
        name = "+" + capability.removeprefix("CAP_").lower()
        become = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs",
                  "--inh-caps", name, "--ambient-caps", name,
                  "--bounding-set", f"-all,{name}"]  # fmt: skip
        (start,) = self.unit["ExecStart"]
        guarded = ["/usr/bin/python3", "-c", DENY_WRITE_EXECUTE, *start.split()]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.machine.command(*become, "--", *guarded), env=environ, stdout=log, stderr=log,
                umask=int(self.unit["UMask"][0], 8), start_new_session=True,
            )  # fmt: skip
        self.wait_for("READY=1")

    def _make_folders(self, uid: int, gid: int) -> None:
        root = self.machine.root
        (name,), (mode,) = self.unit["StateDirectory"], self.unit["StateDirectoryMode"]
        state = root / "var/lib" / name
        state.mkdir(exist_ok=True)
        state.chmod(int(mode, 8))
        os.chown(state, uid, gid)
        folder = root / self._credentials.relative_to("/")
        folder.mkdir(parents=True, exist_ok=True)
        for credential in self.unit["LoadCredential"]:
            name, _, source = credential.partition(":")
            copy = folder / name
            copy.unlink(missing_ok=True)
            copy.write_bytes((root / source.lstrip("/")).read_bytes())
            copy.chmod(0o400)
            os.chown(copy, uid, gid)

    def _settings(self) -> dict[str, str]:
        given = [value.replace("%d", str(self._credentials)) for value in self.unit["Environment"]]
        for name in self.unit["EnvironmentFile"]:
            given += (self.machine.root / name.lstrip("-/")).read_text().splitlines()
        return dict(line.split("=", 1) for line in given if "=" in line)

    def wait_for(self, state: str) -> None:
        """Hear what it says until it says this."""
        deadline = time.monotonic() + START_S
        while not any(state in said.splitlines() for said in self.heard):
            assert time.monotonic() < deadline, self.log.read_text()
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except TimeoutError:
                assert self.process is not None
                assert self.process.poll() is None, self.log.read_text()

    def stop(self) -> int:
        """End it as systemd does: SIGTERM to the main process. Returns the exit code, after it has
        said STOPPING=1."""
        assert self.process is not None
        # unshare, sh, chroot, setpriv and python have each become the next.
        self.process.terminate()
        with self._socket:
            self.wait_for("STOPPING=1")
            return self.process.wait(timeout=120)

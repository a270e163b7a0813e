"""What a service tells systemd with `Type=notify`: sd_notify(3), in a few lines.

Always holds: without `$NOTIFY_SOCKET` nothing is said, and a service manager that has gone is no
reason to fail.
"""

import os
import socket
import time
from contextlib import suppress

READY, STOPPING, WATCHDOG = "READY=1", "STOPPING=1", "WATCHDOG=1"


def notify(*states: str) -> None:
    """Tell the service manager, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    # "@" stands for the null byte of Linux's abstract addresses.
    name = f"\0{address[1:]}" if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender, suppress(OSError):
        sender.sendto("\n".join(states).encode(), name)


class Watchdog:
    """Pings within half of the time that the service manager allows, while all is well."""

    def __init__(self) -> None:
        pid = os.environ.get("WATCHDOG_PID", "")
        ours = pid in {"", str(os.getpid())}
        self._every_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 2e6 if ours else 0.0
        self._next = 0.0

    def look(self, *, is_well: bool) -> None:
        """Ping when it is time to. Call it a few times a second."""
        now = time.monotonic()
        if self._every_s and is_well and now >= self._next:
            self._next = now + self._every_s
            notify(WATCHDOG)

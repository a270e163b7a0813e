"""What the operating system asks of the supervisor: to stop, to hurry, or to look at a child.

Always holds: a request to stop is never lost. While something is being waited for it breaks that
off; in the watch it is noted, and the watch looks at it.
"""

import select
import signal
import socket
from types import FrameType


class StoppedError(BaseException):
    """This process got a signal to stop; not an Exception, so that no handler swallows it."""


class Signals:
    """SIGTERM and SIGINT as a request to stop, and SIGCHLD as a reason to look."""

    def __init__(self) -> None:
        self.asked = False
        # The signal that asked first.
        self.number = 0
        # Before the watch begins, a request interrupts the present wait.
        self.breaks_off = True
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)

    def install(self) -> None:
        """Take the signals over for the rest of this process's life."""
        signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, self._on)
        # A closed terminal stops the server, unless nohup said that it shall not.
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._on)

    def restore(self) -> None:
        """Give the signals back."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
            if signal.getsignal(number) == self._on:
                signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self._reading.close()
        self._writing.close()

    def _on(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGCHLD:
            return
        # `kill` of a whole process group under make brings SIGTERM twice: only Ctrl-C hurries.
        again = self.asked and number != signal.SIGINT
        self.number = self.number or number
        self.asked = True
        if self.breaks_off and not again:
            self.breaks_off = False
            raise StoppedError

    def wait(self, seconds: float) -> None:
        """Sleep until a signal comes, or for `seconds`."""
        if select.select([self._reading], [], [], seconds)[0]:
            self._reading.recv(4096)

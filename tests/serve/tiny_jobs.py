"""A jobs process that has no jobs: what the supervisor's tests start. It beats until SIGTERM.

YEMAE_TEST_NO_JOBS makes it fail at its start.
"""

import os
import sys
import time
from contextlib import suppress

if __name__ == "__main__":
    if os.environ.get("YEMAE_TEST_NO_JOBS"):
        sys.exit("broken on purpose")
    while True:
        with suppress(BlockingIOError, BrokenPipeError):
            os.write(int(sys.argv[1]), b".")
        time.sleep(1)

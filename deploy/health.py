"""The image's health check: exit code 0 while the server of this container answers /livez.

It asks for liveness and not for readiness, because a container that is unhealthy may be ended and
started again, which mends no store that is away.
"""

import http.client
import os
import sys

ANSWER_WAIT_S = 4
# A wildcard address is reached on loopback.
ON_LOOPBACK = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared only


def main() -> int:
    """The exit code; what went wrong is on standard error."""
    host = os.environ.get("YEMAE_HOST", "")
    port = int(os.environ.get("YEMAE_PORT") or 8000)
    connection = http.client.HTTPConnection(ON_LOOPBACK.get(host, host), port, ANSWER_WAIT_S)
    try:
        connection.request("GET", "/livez")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"/livez of port {port}: {error}\n")
        return 1
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())

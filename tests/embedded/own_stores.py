"""A process that owns a data folder and its stores until it is killed: `own_stores.py <folder>`.

Prints the stores' process numbers as one line of JSON once both are ready.
"""

import json
import signal
import sys
from pathlib import Path

from yemae.embedded.data_folder import lock_folder, open_folder
from yemae.embedded.private_stores import PrivateStores

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    open_folder(folder)
    lock = lock_folder(folder, "serve")
    stores = PrivateStores(folder, durable=False, shared_buffers_mb=32)
    stores.start()
    sys.stdout.write(json.dumps(stores.pids) + "\n")
    sys.stdout.flush()
    signal.pause()

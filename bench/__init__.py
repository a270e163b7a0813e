"""Benchmarks that start their own server, with throw-away data, and print what this machine does.

`queue` is the waiting room's (`make bench-queue`), `quick` a short run of every step against a
server that is up already. Both stand on `load`, the client. `page` writes docs/benchmarks.md from
the files in `results/`. Traffic goes to loopback only, and every run is bounded in count and time.
"""

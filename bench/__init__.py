"""Benchmarks that start their own server, with throw-away data, and print what this machine does.

`hot_path` is the sale's (`make bench`), `queue` the waiting room's (`make bench-queue`); both stand
on `load`, a client that is as fast as the server. `opening` (`make bench-opening`) stands on
`open_loop`, a client that keeps its own time. `page` writes docs/benchmarks.md from the files in
`results/`. Traffic goes to loopback only, and every run is bounded in count and time.
"""

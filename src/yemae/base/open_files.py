"""How many files a process may open, and how many connections of clients that leaves."""

import resource

# Descriptors for everything that is no connection of a client.
RESERVED_FILES = 200


def files_max() -> int:
    """Raise this process's limit of open files as far as it may, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def bound(wanted: int, files: int) -> int:
    """How many connections this process takes: as many as are wanted and as its files allow."""
    if files == resource.RLIM_INFINITY:
        return wanted
    return max(1, min(wanted, files - RESERVED_FILES))

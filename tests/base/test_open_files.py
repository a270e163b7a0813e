"""How many connections a process's limit of open files leaves."""

import resource

from yemae.base.open_files import RESERVED_FILES, bound, files_max


def test_the_bound_leaves_files_for_everything_else() -> None:
    assert bound(10_000, 1_024) == 1_024 - RESERVED_FILES
    assert bound(10_000, 1_000_000) == 10_000
    assert bound(10_000, resource.RLIM_INFINITY) == 10_000
    assert bound(10_000, 100) == 1


def test_a_process_may_open_as_many_files_as_the_system_lets_it() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1_024, hard), hard))
        assert files_max() == hard
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

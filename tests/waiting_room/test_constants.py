"""Numbers that Python and Lua both know are the same in both."""

import re
from pathlib import Path

from yemae.waiting_room import queue_numbers

PRELUDE = (Path(queue_numbers.__file__).parent / "lua" / "prelude.lua").read_text(encoding="utf-8")


def test_the_prelude_and_tickets_agree() -> None:
    found = re.search(
        r"LANE, DRAWN, BLOCK, DRAWN_BLOCK = 2\^(\d+), 2\^(\d+), 2\^(\d+), 2\^(\d+)", PRELUDE
    )
    assert found is not None
    of_python = (
        queue_numbers.LANE,
        queue_numbers.DRAWN,
        queue_numbers.BLOCK,
        queue_numbers.DRAWN_BLOCK,
    )
    assert tuple(1 << int(power) for power in found.groups()) == of_python
    assert f"= {queue_numbers.EPOCH_S * 1000}, {queue_numbers.EXACT_AHEAD}\n" in PRELUDE
    join = (Path(queue_numbers.__file__).parent / "lua" / "join.lua").read_text(encoding="utf-8")
    assert f"OLDEST_MS, MANY = 500, 5000, {queue_numbers.BLOCK_MAX_S * 1000}, " in join

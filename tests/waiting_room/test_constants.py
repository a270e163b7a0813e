"""Numbers that Python and Lua both know are the same in both."""

import re
from pathlib import Path

from yemae.waiting_room import line, tickets

PRELUDE = (Path(tickets.__file__).parent / "prelude.lua").read_text(encoding="utf-8")


def test_the_prelude_and_tickets_agree() -> None:
    found = re.search(
        r"LANE, DRAWN, BLOCK, DRAWN_BLOCK = 2\^(\d+), 2\^(\d+), 2\^(\d+), 2\^(\d+)", PRELUDE
    )
    assert found is not None
    of_python = (tickets.LANE, tickets.DRAWN, tickets.BLOCK, tickets.DRAWN_BLOCK)
    assert tuple(1 << int(power) for power in found.groups()) == of_python
    assert f"= {tickets.EPOCH_S * 1000}, {tickets.EXACT_AHEAD}\n" in PRELUDE
    assert f"local PARTS = {len(line.PARTS)}\n" in PRELUDE
    join = (Path(tickets.__file__).parent / "join.lua").read_text(encoding="utf-8")
    assert f"OLDEST_MS, MANY = 500, 5000, {tickets.BLOCK_MAX_S * 1000}, " in join

"""Moving orders as an operator, in a hall of two grades."""

from uuid import UUID

from helpers.concerts import SMALL, TEXT
from yemae.runtime import Runtime
from yemae.sale.decide_moves import Move, Pricing
from yemae.sale.move import MoveWish, move_order

# Two grades: seats 11 and 12 cost less.
TWO_GRADES = TEXT.format(**SMALL).replace(
    "[[performances]]",
    """[[grades]]
name = "S"
price = 20000

[[sections]]
name = "Back"
grade = "S"
rows = ["B:11-12"]

[[performances]]""",
    1,
)


async def move(
    runtime: Runtime, order_id: UUID, *numbers: str, pricing: Pricing = "keep", block: str = ""
) -> Move:
    """Move an order as an operator."""
    return await move_order(runtime, "op", MoveWish(order_id, numbers, block or None, pricing))

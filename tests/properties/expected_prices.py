"""What an order should cost. Pure."""

from helpers.concerts import SEAT_PRICE
from properties.world import SPOT_PRICE, SPOTS
from yemae.orders.order import Order
from yemae.sale.decide_moves import Pricing


def costs_after(order: Order, numbers: list[str], pricing: Pricing) -> int:
    """What an order costs after a move to these places."""
    if pricing == "keep":
        return order.total
    paid = dict(zip(order.seat_numbers, order.seat_prices, strict=True))
    now = {number: SPOT_PRICE if number in SPOTS else SEAT_PRICE for number in numbers}
    return sum({**now, **{n: p for n, p in paid.items() if n in now}}.values())

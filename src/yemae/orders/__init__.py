"""주문 · Orders: a fan's hold on seats, from held to paid, released or expired."""

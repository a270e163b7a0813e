"""Example values of the fields that problems add, by their names."""

from datetime import UTC, datetime
from uuid import UUID

from yemae.refusals import FieldError, SeatInTheWay

EXAMPLE_FIELDS: dict[str, object] = {
    "questions": ["R 55,000 → 66,000: 40 seats"],
    "limit_bytes": 65536,
    "limit_fields": 100,
    "limit": 4,
    "per": "performance",
    "limit_s": 10,
    "balance": 34000,
    "required": 66000,
    "currency": "KRW",
    "seats": ["7"],
    "seats_in_the_way": [
        SeatInTheWay(
            "small-hall-2030-05-03", "7", "paid", UUID("0199d3b6-0c10-7d55-8a51-0f6f0c2f9e11")
        )
    ],
    "price_types": ["early-bird"],
    "grade": "R",
    "count": 4,
    "largest": 2,
    "area": "PIT",
    "left": 2,
    "order_status": "released",
    "closes_at": datetime(2030, 5, 2, 8, tzinfo=UTC),
    "fee": 4000,
    "refund": 62000,
    "version": "2030-01",
    "allowed": ["GET"],
    "retry_s": 1,
    "opens_at": datetime(2026, 11, 22, 11, tzinfo=UTC),
    "failure": "expired",
    "way": "code",
    "within_s": 600,
    "reason": "Input data was truncated",
    "role": "operator",
    "errors": [FieldError("amount", "Expected `int` >= 1")],
}

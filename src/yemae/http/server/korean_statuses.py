"""The Korean words of the statuses of an order."""

ORDER_STATUSES = {
    "held": "선점 중",
    "paid": "결제 완료",
    "released": "예약 취소",
    "expired": "만료",
    "cancelled": "취소",
}

# What a limit of seats is of.
SEAT_LIMITS = {"performance": "회차당", "concert": "공연당"}

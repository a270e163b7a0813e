"""The words of a closing report, in both languages."""

from types import MappingProxyType
from typing import Literal

Language = Literal["en", "ko"]
LANGUAGES: tuple[Language, ...] = ("en", "ko")

WORDS = MappingProxyType(
    {
        "Closing report": "마감 보고서",
        "As of": "기준 시각",
        "Everything adds up.": "모든 것이 맞습니다.",
        "Something does not add up.": "맞지 않는 것이 있습니다.",
        "Dates": "날짜",
        "Date": "날짜",
        "Starts": "시작",
        "Seats": "좌석",
        "Funnel": "퍼널",
        "Step": "단계",
        "Fans": "팬",
        "joined": "대기",
        "admitted": "입장",
        "holds": "선점한 주문",
        "payments": "결제한 주문",
        "unused": "쓰지 않은 입장",
        "Curves": "곡선",
        "Waiting": "대기 중",
        "Inside": "입장 중",
        "No history is kept of this queue.": "이 대기열의 기록이 없습니다.",
        "Draw": "추첨",
        "Sealed seed": "봉인한 시드",
        "Seed": "시드",
        "Places checked": "확인한 순번",
        "Wrong": "틀림",
        "Invariants": "불변식",
        "Holds": "지켜짐",
        "What must hold": "지켜야 하는 것",
        "Looked at": "확인",
        "Violations": "위반",
        "Money": "돈",
        "Grade": "등급",
        "Sold by": "판매 경로",
        "Price type": "권종",
        "sold": "판매",
        "cancelled": "취소",
        "held": "선점",
        "blocked": "유보",
        "free": "예매 가능",
        "revenue": "판매 금액",
        "booking_fees": "예매 수수료",
        "cancellation_fees": "취소 수수료",
        "refunds": "환불",
        "net": "순매출",
        "Total": "합계",
        "queue": "온라인",
        "cash": "현장 현금",
        "complimentary": "현장 초대",
        "Full price": "정가",
        "Minutes": "분별 판매",
        "Minute": "분",
        "Orders": "주문",
        "Charged": "결제 금액",
        "Cancelled": "취소",
        "Refunded": "환불",
        "None": "없음",
        "Actions": "운영자가 한 일",
        "At": "시각",
        "Who": "누가",
        "Queue": "대기열",
        "Action": "한 일",
        "Details": "내용",
    }
)


def say(word: str, language: Language) -> str:
    """A word in a language."""
    return WORDS[word] if language == "ko" else _english(word)


def _english(word: str) -> str:
    return word[0].upper() + word[1:].replace("_", " ")


def both(word: str) -> str:
    """A heading in both, for a table that has readers of both."""
    return f"{_english(word)} · {WORDS[word]}"

"""What each law of the books says, in English and in Korean: for the reports
of a rehearsal and of a sale."""

from collections.abc import Iterable

import msgspec

from yemae.reconcile.report import Check
from yemae.values.translated import Translated


class LawFacts(msgspec.Struct, frozen=True):
    """What must hold on this server, in both languages, how many rows were looked at, and how many
    violate it; which they are is for `yemae reconcile` alone: they may be of other concerts."""

    name: str
    says: str
    says_ko: str
    looked_at: int
    violations: int


def law_facts(checks: Iterable[Check]) -> list[LawFacts]:
    """Checks as they are shown and reported."""
    return [
        LawFacts(each.name, each.says, LAW_WORDS[each.name].ko, each.looked_at, each.violations)
        for each in checks
    ]


LAW_WORDS = {
    "seat_in_one_order": Translated(
        "A seat is in at most one paid or live order.",
        "한 좌석은 결제되었거나 유효한 주문 하나에만 들어 있다.",
    ),
    "order_has_its_seats": Translated(
        "A paid or live order has all of its seats.",
        "결제되었거나 유효한 주문은 자기 좌석을 모두 가지고 있다.",
    ),
    "seat_has_its_order": Translated(
        "A sold seat has its paid order, a held one its live order, its block or its run.",
        "판매된 좌석에는 결제된 주문이, 선점된 좌석에는 유효한 주문이나 유보석, 환불 작업이 있다.",
    ),
    "blocked_seat_is_not_sold": Translated(
        "A blocked seat is in no paid or live order, and has no ticket.",
        "유보석은 결제되었거나 유효한 주문에 들어 있지 않고, 티켓도 없다.",
    ),
    "ticket_for_each_paid_seat": Translated(
        "The tickets are the seats of the paid orders.",
        "티켓은 결제된 주문의 좌석과 일치한다.",
    ),
    "ticket_sold_once": Translated(
        "A seat has at most one ticket.", "한 좌석의 티켓은 한 장을 넘지 않는다."
    ),
    "total_is_sum_of_prices": Translated(
        "An order costs the sum of its seats' prices and its booking fee.",
        "주문 금액은 좌석 가격과 예매 수수료의 합이다.",
    ),
    "payment_for_each_paid_order": Translated(
        "A paid or cancelled order has one payment, of what is left of it and what was taken out; "
        "no other order has one.",
        "결제되었거나 취소된 주문에는 남은 금액과 빠진 금액을 더한 결제가 하나씩 있고, 다른 "
        "주문에는 없다.",
    ),
    "payment_has_its_order": Translated(
        "A payment is for an order of the same fan.", "결제는 본인의 주문에 대한 것이다."
    ),
    "pass_pays_once": Translated(
        "A pass pays for one order.", "입장 토큰 하나로 주문 하나만 결제된다."
    ),
    "paid_order_debited_once": Translated(
        "A paid or cancelled order was debited once, by what is left of it and what was taken out; "
        "no other order was.",
        "결제되었거나 취소된 주문은 남은 금액과 빠진 금액만큼 한 번만 차감되었고, 다른 주문은 "
        "아니다.",
    ),
    "balance_is_sum_of_transfers": Translated(
        "A balance is the sum of its transfers and not negative.",
        "잔액은 거래 내역의 합이며 음수가 아니다.",
    ),
    "transfer_has_both_sides": Translated(
        "A transfer has two sides, and one of them is its fan's wallet.",
        "모든 거래는 보낸 쪽과 받은 쪽이 있고, 한쪽은 본인의 지갑이다.",
    ),
    "merge_moved_everything": Translated(
        "What left a guest's wallet came into the account's, and a merged guest has nothing left.",
        "비회원의 잔액은 모두 계정으로 옮겨졌고, 계정으로 옮긴 비회원에게는 남은 것이 없다.",
    ),
    "top_up_credited_once": Translated(
        "A top-up's key is credited once.", "같은 키의 충전은 한 번만 반영된다."
    ),
    "money_equals_tickets": Translated(
        "Sales account, payments, paid orders and tickets are the same sum.",
        "매출 계정, 결제, 결제된 주문, 티켓의 금액이 모두 같다.",
    ),
    "cancelled_seat_has_no_ticket": Translated(
        "A cancelled seat has no ticket of its order any more.",
        "취소한 좌석에는 그 주문의 티켓이 남아 있지 않다.",
    ),
    "cancellation_has_its_money": Translated(
        "What was paid for cancelled seats left the sales account, and their fees are on theirs.",
        "취소한 좌석의 금액은 매출 계정에서 빠졌고, 수수료는 수수료 계정에 있다.",
    ),
    "refund_has_its_money": Translated(
        "The settled refunds to the wallet are what the ledger gave back, less the fees.",
        "끝난 잔액 환불은 원장에서 돌려준 금액에서 수수료를 뺀 것과 같다.",
    ),
    "refunded_at_most_what_was_paid": Translated(
        "No more is refunded of an order than was paid for it.",
        "주문마다 결제한 금액보다 많이 환불되지 않았다.",
    ),
    "seat_limit_kept": Translated(
        "No fan has more seats than the limit.", "1인당 좌석 수 제한을 넘은 사람이 없다."
    ),
    "concert_seat_limit_kept": Translated(
        "No fan has more seats of a concert than its limit.",
        "콘서트 전체의 1인당 좌석 수 제한을 넘은 사람이 없다.",
    ),
    "allotment_kept": Translated(
        "No phase of a sale has sold more than its allotment.",
        "배정된 좌석보다 많이 판 예매 단계가 없다.",
    ),
    "answer_is_a_fact": Translated(
        "An order whose payment was answered with success is paid.",
        "결제 성공으로 응답한 주문은 실제로 결제되어 있다.",
    ),
    "nothing_lost": Translated(
        "The store of the waiting room has lost no part of a queue.",
        "대기열 저장소가 대기열의 어떤 부분도 잃지 않았습니다.",
    ),
    "active_within_limit": Translated(
        "No more fans are inside than the limit allows.", "동시 입장 인원이 한도를 넘지 않는다."
    ),
    "admitted_within_rate": Translated(
        "No minute admitted more fans than the rate allows.",
        "분당 입장 인원이 설정한 속도를 넘지 않는다.",
    ),
    "one_number_for_each_place": Translated(
        "A number in turn is the place of one fan.", "차례로 받은 번호 하나는 한 사람의 순번이다."
    ),
    "captured_money_arrived": Translated(
        "Captured money came into its fan's wallet once, and no other money from a provider did.",
        "매입된 금액은 팬의 지갑에 한 번 들어왔고, 결제대행사에서 온 다른 돈은 없다.",
    ),
    "captured_is_sold": Translated(
        "What a provider captured was sold, topped up, given back, or is in doubt.",
        "결제대행사가 매입한 금액은 판매·충전·반환되었거나 확인 중이다.",
    ),
    "lease_keeps_its_hold": Translated(
        "An order is held for as long as its provider may have captured.",
        "결제대행사가 매입했을 수 있는 동안에는 주문의 선점이 유지된다.",
    ),
    "doubt_ends": Translated(
        "No card payment stays in doubt past its cap without an operator's knowledge.",
        "정해진 시간을 넘긴 미확인 카드 결제는 모두 운영자에게 알려져 있다.",
    ),
    "card_refund_has_its_money": Translated(
        "What left the wallets for a provider is what goes back to cards, less what it declined.",
        "지갑에서 결제대행사로 나간 돈은 카드로 돌려주는 금액에서 거절된 금액을 뺀 것과 같다.",
    ),
    "card_refund_within_its_payment": Translated(
        "No more goes back to a card than it paid for the order.",
        "카드로 돌려주는 금액은 그 카드로 결제한 금액을 넘지 않는다.",
    ),
    "lost_dispute_is_booked": Translated(
        "What a lost dispute of an order took is in the books as its refund.",
        "잃은 분쟁이 주문에서 가져간 돈은 그 주문의 환불로 장부에 있다.",
    ),
    "refund_is_looked_after": Translated(
        "No refund stays open without a next look or an operator's knowledge.",
        "끝나지 않은 환불은 모두 다시 확인되거나 운영자에게 알려져 있다.",
    ),
    "box_office_has_its_cash": Translated(
        "What was sold at the box office for cash brought that cash, and a complimentary ticket "
        "cost nothing.",
        "현장에서 현금으로 판 좌석은 그 현금이 장부에 있고, 초대권은 0원이다.",
    ),
    "cash_refund_has_its_money": Translated(
        "What goes back in cash has left the wallets, and is at most the cash that paid the order.",
        "현금 환불은 지갑에서 나갔고, 현장에서 받은 현금을 넘지 않는다.",
    ),
    "cash_is_handed_out_by_an_operator": Translated(
        "A refund in cash is open, or an operator has handed it out.",
        "현금 환불은 지급 전이거나, 운영자가 지급했다.",
    ),
    "cancelled_date_is_refunded": Translated(
        "A cancelled date whose refund run is done has no order and no ticket, and kept no fee.",
        "환불이 끝난 취소 회차에는 주문도 티켓도 없고, 수수료를 받지 않았다.",
    ),
    "allotment_share_kept": Translated(
        "No phase of a sale has sold more than its share of what is for sale.",
        "어느 판매 단계도 판매 좌석 중 배정된 비율보다 많이 팔지 않았다.",
    ),
}

"""What fans see of the test bank: one page with a button for each way in which it may behave.

Always holds: the page needs no script, no style and no file, so its policy allows none.
"""

from html import escape

from yemae.http.test_bank.charges import BankEntry, Behaviour, RefundBehaviour
from yemae.values import money

POLICY = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# Behaviour, reason, and what the button says.
BUTTONS: tuple[tuple[Behaviour, str, str], ...] = (
    ("accept", "", "결제 · Pay"),
    ("decline", "card_declined", "거절: 카드사 · Decline: by the issuer"),
    ("decline", "insufficient_funds", "거절: 잔액 부족 · Decline: insufficient funds"),
    ("decline", "limit_exceeded", "거절: 한도 초과 · Decline: limit exceeded"),
    ("close", "", "그만두기 · Give up"),
    ("time_out", "", "결제되지만 응답 없음 · Capture, and never answer"),
    ("lose_answer", "", "결제되지만 오류 응답 · Capture, and answer with a fault"),
    ("lose_request", "", "첫 요청 유실 · Lose the first request"),
    ("late", "", "처리 중이라고 먼저 응답 · Answer late"),
    ("answer_twice", "", "두 번 알림 · Tell the server twice"),
    ("webhook_only", "", "돌아오지 않음 · Don't come back"),
    ("return_only", "", "알림 없음 · Send no webhook"),
)
# What becomes of a refund, and what the choice says.
REFUNDS: tuple[tuple[RefundBehaviour, str], ...] = (
    ("settle", "바로 환불 · At once"),
    ("accept", "접수 후 환불 · Later"),
    ("decline", "환불 거절 · Declined"),
    ("no_funds", "가맹점 잔액 부족 · The shop has no funds"),
    ("lose_answer", "환불되지만 오류 응답 · At once, and answered with a fault"),
)
PAGE = """\
<!doctype html>
<html lang="ko">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>시험 은행 · Test bank</title>
<h1>시험 은행 · Test bank</h1>
<p>실제 돈이 아닙니다. · No real money.</p>
<p><strong>{amount}</strong></p>
{body}
</html>
"""
FORM = """\
<form method="post"><input type="hidden" name="behaviour" value="accept">
<p><label>환불 · Refunds <select name="refunds">{options}</select></label>
<button>환불 시험 · Pay, and refund like that</button></p></form>"""
OPTION = '<option value="{behaviour}">{text}</option>'
BUTTON = """\
<form method="post"><input type="hidden" name="behaviour" value="{behaviour}">\
<input type="hidden" name="reason" value="{reason}"><p><button>{text}</button></p></form>"""
DONE = "<p>이 창을 닫아도 됩니다. · You may close this page.</p>"


def page_of(entry: BankEntry) -> str:
    """The page of a charge: its buttons, or that it is done."""
    options = "".join(
        OPTION.format(behaviour=behaviour, text=escape(text)) for behaviour, text in REFUNDS
    )
    buttons = [
        BUTTON.format(behaviour=behaviour, reason=reason, text=escape(text))
        for behaviour, reason, text in BUTTONS
    ]
    return PAGE.format(
        amount=escape(money.amount(entry.amount, entry.currency)),
        body="\n".join([*buttons, FORM.format(options=options)]) if entry.state == "open" else DONE,
    )

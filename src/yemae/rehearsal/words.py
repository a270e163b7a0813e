"""The texts of the report's page, in English and in Korean."""

from html import escape

from yemae.reconcile.law_words import LAW_WORDS
from yemae.rehearsal.console_figures import SAYS
from yemae.values.translated import Translated

WORDS = {
    "title": Translated("Rehearsal report", "리허설 보고서"),
    "held": Translated("Every check passed", "모든 검사를 통과했습니다"),
    "nothing_sold": Translated(
        "Nothing was sold, so the checks prove little",
        "판매된 좌석이 없어 확인된 것이 거의 없습니다",
    ),
    "broken": Translated("Checks failed", "통과하지 못한 검사가 있습니다"),
    "stopped": Translated("ended early", "도중에 멈춤"),
    "concert": Translated("Concert", "콘서트"),
    "server": Translated("Server", "서버"),
    "began": Translated("Began", "시작"),
    "machine": Translated("Machine", "기기"),
    "sold_for": Translated("Sold for", "판매 금액"),
    "took": Translated("Took", "걸린 시간"),
    "fans": Translated("Fans", "팬"),
    "journeys_per_s": Translated("Journeys per second", "초당 마친 팬"),
    "seats_sold": Translated("Seats sold", "판매된 좌석"),
    "requests_per_s": Translated("Requests per second", "초당 요청"),
    "in_queue_p50": Translated("Median time in queue", "대기 시간 중앙값"),
    "faults": Translated("Faults", "오류 응답"),
    "violations": Translated("Violations", "위반"),
    "people": Translated("Fans by state", "상태별 팬 수"),
    "waiting": Translated("waiting", "대기 중"),
    "inside": Translated("admitted", "입장"),
    "holding": Translated("holding seats", "좌석 선점"),
    "sold": Translated("seats sold", "판매된 좌석"),
    "throughput": Translated("Requests and refusals per second", "초당 요청과 거절"),
    "requests": Translated("requests", "요청"),
    "refusals": Translated("refusals", "거절"),
    "latency_over_time": Translated("Latency over time, ms", "응답 시간의 변화(ms)"),
    "p50": Translated("p50", "p50"),
    "p99": Translated("p99", "p99"),
    "latency": Translated("Latency by call, ms", "요청별 응답 시간(ms)"),
    "latency_key": Translated("● p50, ◆ p90, ▌ p99", "● p50, ◆ p90, ▌ p99"),
    "time_in_queue": Translated("Time in queue, seconds", "대기 시간(초)"),
    "fans_each": Translated("fans", "명"),
    "seconds": Translated("seconds", "초"),
    "call": Translated("Call", "요청"),
    "count": Translated("Count", "횟수"),
    "per_s": Translated("Per second", "초당"),
    "longest": Translated("Longest", "최대"),
    "outcomes": Translated("How journeys ended", "여정의 결과"),
    "refusal_title": Translated("Refusals", "거절"),
    "refusal": Translated("Refusal", "거절 사유"),
    "none": Translated("none", "없음"),
    "fairness": Translated("Fairness", "공정성"),
    "fairness_says": Translated(
        "{inversions} of {pairs} pairs of present fans were admitted out of order.",
        "접속해 있던 팬 {pairs}쌍 가운데 {inversions}쌍의 입장 순서가 번호와 어긋났습니다.",
    ),
    "reconcile": Translated("Checks", "기록 대조"),
    "must_hold": Translated("What must hold", "지켜져야 하는 것"),
    "looked_at": Translated("Checked", "확인한 수"),
    "http_only": Translated(
        "Only the HTTP answers were checked, not the stores:",
        "저장소는 확인하지 못했고 HTTP 응답만 확인했습니다:",
    ),
    "unanswered": Translated(
        "{count} requests were not answered.", "요청 {count}건에 응답이 없었습니다."
    ),
    "answered_with": Translated(
        "{count} requests were answered with {status}.",
        "요청 {count}건이 {status} 응답을 받았습니다.",
    ),
    "failed_fans": Translated(
        "{count} fans gave up after a 5xx, a malformed answer or no answer.",
        "팬 {count}명이 5xx 응답이나 잘못된 응답을 받거나 응답을 받지 못해 그만두었습니다.",
    ),
    "client": Translated("Client", "클라이언트"),
    "client_says": Translated(
        "used {cpu} of a processor in each process; 99% of the requests waited at most {wait} ms "
        "for a connection",
        "프로세스마다 프로세서의 {cpu} 사용, 요청의 99%가 연결을 얻기까지 {wait}ms 이하 대기",
    ),
    "settings": Translated("Scenario", "연습한 내용"),
    "by_grade": Translated("Sold by date and grade", "날짜와 등급별 판매"),
    "date": Translated("Date", "날짜"),
    "grade": Translated("Grade", "등급"),
    "seats_of_hall": Translated("Seats", "좌석"),
    "revenue": Translated("Revenue", "매출"),
    "sold_out_after": Translated("Sold out after", "매진까지"),
    "in_vain": Translated(
        "{count} fans were admitted when no seat was left for them.",
        "팬 {count}명이 입장했지만 남은 좌석이 없었습니다.",
    ),
    "advice": Translated("Suggested limits", "권하는 한도"),
    "advice_says": Translated(
        "admit_per_minute = {rate}, active_limit = {active}: from {requests} requests per second "
        "answered fast, {each} requests and {inside} s inside for each fan (p90).",
        "admit_per_minute = {rate}, active_limit = {active}: 빠르게 응답한 초당 요청 {requests}건, "
        "팬마다 요청 {each}건과 입장 시간 {inside}초(p90)에서 계산했습니다.",
    ),
    "advice_is_low": Translated(
        "The server was never slow, so it may do more.",
        "서버가 느려진 적이 없으므로 더 감당할 수 있습니다.",
    ),
    # The calls.
    "challenge": Translated("challenge", "작업 증명 문제"),
    "join": Translated("join", "줄 서기"),
    "poll": Translated("poll", "순번 확인"),
    "dates": Translated("dates", "날짜 조회"),
    "seats": Translated("seats", "좌석 조회"),
    "hold": Translated("hold", "좌석 선점"),
    "top_up": Translated("top up", "충전"),
    "pay": Translated("pay", "결제"),
    "leave": Translated("leave", "줄에서 나가기"),
    # The outcomes.
    "bought": Translated("bought", "구매"),
    "no_seat": Translated("found no seat", "좌석을 못 구함"),
    "gave_up": Translated("gave up in line", "기다리다 포기"),
    "walked_away": Translated("closed the page", "페이지를 닫음"),
    "held_only": Translated("held and did not pay", "선점만 하고 결제 안 함"),
    "too_late": Translated("were too late", "시간 초과"),
    "refused": Translated("were refused", "거절됨"),
    "failed": Translated("got no valid answer", "제대로 된 응답을 못 받음"),
    "unfinished": Translated("did not finish in time", "끝날 때까지 못 마침"),
    # The checks, by their names.
    "seat_answered_once": Translated(
        "No seat was confirmed to two fans.",
        "한 좌석이 두 명에게 구매 확정된 일이 없다.",
    ),
    "payment_answered_right": Translated(
        "A payment debited the total of its order.",
        "결제는 주문 금액만큼만 차감했다.",
    ),
    "console_sales": Translated(
        SAYS["console_sales"],
        "콘솔의 판매 수치는 티켓, 결제, 환불을 더한 것과 같다.",
    ),
    "console_funnel": Translated(
        SAYS["console_funnel"],
        "콘솔은 모든 주문과 결제를 세었다.",
    ),
    "console_report": Translated(
        SAYS["console_report"],
        "마감 보고서의 수치와 위반이 같고, 모든 입장이 들어 있다.",
    ),
    **LAW_WORDS,
}


def both(word: str, **values: str) -> str:
    """A text in both languages, as HTML; the page shows one of them."""
    en, ko = _filled(word, values)
    return f'<span class="en" lang="en">{en}</span><span class="ko" lang="ko">{ko}</span>'


def both_in_svg(word: str, where: str) -> str:
    """The same inside a drawing; `where` are the attributes of the text."""
    en, ko = _filled(word, {})
    return f'<text class="en" {where}>{en}</text><text class="ko" {where}>{ko}</text>'


def one_line(word: str) -> str:
    """Both languages after one another, for a drawing's title."""
    return " · ".join(_filled(word, {}))


def _filled(word: str, values: dict[str, str]) -> tuple[str, str]:
    words = WORDS[word]
    return escape(words.en.format(**values)), escape(words.ko.format(**values))

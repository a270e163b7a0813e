"""The Korean words of the problems that operators alone see, a part of `korean_problems`."""

from yemae.http.server.korean_money_problems import Words

OPERATORS = {
    "seats-in-the-way": Words(
        "막을 수 없는 좌석",
        "선점됐거나 판매됐거나 다른 유보석에 든 좌석이 있어 아무것도 바꾸지 않았습니다. 그 주문을 "
        "옮기거나 취소하고, 다른 유보석을 풀거나, 그 좌석을 빼고 다시 해 주세요.",
        "비어 있지 않은 좌석이 {count}석 있습니다: {seats_in_the_way}. 바꾼 것은 없습니다. 그 "
        "주문을 옮기거나 취소하고, 다른 유보석을 풀거나, 그 좌석을 빼고 다시 해 주세요.",
    ),
    "concert-file-refused": Words(
        "불러올 수 없는 콘서트 파일",
        "지금 서버와 주문의 상태로는 콘서트 파일을 불러올 수 없어 아무것도 바꾸지 않았습니다. "
        "파일에 없는 좌석이 팔렸거나, id가 다른 콘서트의 것입니다.",
        "불러올 수 없어 아무것도 바꾸지 않았습니다: {reason}",
    ),
    "not-as-shown": Words(
        "보여 드린 것과 다름",
        "콘서트가 보여 드린 것과 다릅니다. 그사이 콘서트가 바뀌었거나 첫 좌석이 팔렸습니다. "
        "쓴 것은 없으니 다시 확인해 주세요.",
    ),
    "concert-file-not-agreed": Words(
        "첫 판매 뒤의 변경",
        "팔렸거나 선점된 좌석이 있는데, 콘서트 파일이 팬이 보고 산 내용을 바꿉니다. 바꾼 것은 "
        "없습니다. 그래도 바꾸려면 `agreed`를 true로 보내 주세요.",
        "팔렸거나 선점된 좌석이 있는데 다음이 바뀝니다: {questions}. 그래도 바꾸려면 `agreed`를 "
        "보내 주세요.",
    ),
    "concert-file-not-kept": Words(
        "이 콘서트의 파일 없음",
        "이전 버전이 불러온 콘서트라 서버에 파일이 없습니다. `yemae concerts load`로 파일을 한 번 "
        "더 불러와 주세요.",
    ),
    "block-not-found": Words("없는 유보석", "이 콘서트에는 그런 이름의 유보석이 없습니다."),
}

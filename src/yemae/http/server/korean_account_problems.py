"""The Korean words of the problems of accounts, sign-in, guests and roles."""

from yemae.http.server.korean_money_problems import Words

ACCOUNTS = {
    "unauthenticated": Words(
        "로그인 필요",
        "유효한 액세스 토큰이 필요합니다. 로그인한 뒤 "
        "`Authorization: Bearer <access_token>`으로 보내 주세요.",
    ),
    "operator-required": Words(
        "운영자 전용",
        "운영자만 할 수 있는데 역할이 없습니다. 관리자가 `yemae users grant`로 역할을 주거나, "
        "쓰고 있는 로그인 서비스가 액세스 토큰에 역할을 넣습니다.",
    ),
    "forbidden": Words(
        "이 역할로는 할 수 없음",
        "지금 역할로는 여기서 할 수 없습니다. 함께 적힌 역할이나 관리자는 할 수 있습니다. "
        "역할은 콘서트 하나에만 통할 수도 있습니다.",
    ),
    "wrong-credentials": Words(
        "이메일 또는 비밀번호 오류", "이메일 주소와 비밀번호가 맞지 않습니다."
    ),
    "wrong-code": Words(
        "코드 오류",
        "코드가 틀렸거나 시간이 지났거나 이미 쓴 코드입니다. 인증 앱에 지금 보이는 코드나 "
        "아직 쓰지 않은 복구 코드를 입력해 주세요.",
    ),
    "second-factor-required": Words(
        "2단계 인증 필요",
        "비밀번호만으로는 할 수 없습니다. `way`가 `code`이면 비밀번호와 인증 앱의 코드로, "
        "`passkey`이면 패스키로 로그인해 주세요. `set_up`이면 둘 중 하나를 먼저 설정해 주세요.",
    ),
    "fresh-sign-in-required": Words(
        "다시 로그인 필요",
        "최근 몇 분(`within_s`초) 안에 로그인해야 할 수 있습니다. 다시 로그인한 뒤 새 "
        "액세스 토큰으로 한 번 더 요청해 주세요.",
    ),
    "sign-in-failed": Words(
        "로그인 실패",
        "다른 계정이나 패스키로 로그인하지 못했습니다. `expired`는 시간이 지났거나 이미 "
        "쓴 시도이거나 다른 브라우저에서 시작한 경우, `refused`는 그곳에서 거절했거나 이곳에 "
        "없는 패스키인 경우, `taken`은 이곳의 다른 계정에 연결된 경우입니다. "
        "처음부터 다시 해 주세요.",
    ),
    "identity-provider-unavailable": Words(
        "로그인 서비스 응답 없음",
        "로그인 서비스가 응답하지 않습니다. Retry-After의 시간 뒤에 다시 시도하거나 다른 방법으로 "
        "로그인해 주세요.",
    ),
    "sign-up-closed": Words(
        "가입 닫힘",
        "이 서버에서는 새로 가입할 수 없습니다. 계정이 있으면 로그인할 수 있습니다.",
    ),
    "consent-required": Words(
        "약관 동의 필요",
        "운영자의 약관에 동의해야 합니다. 여기에 적힌 버전을 보여 주고 `terms`로 보내 주세요.",
    ),
    "guests-closed": Words(
        "비회원 이용 불가",
        "이 서버는 새 비회원을 받지 않습니다. 먼저 로그인해 주세요. 이미 비회원인 사용자는 "
        "그대로입니다.",
    ),
    "guest-key-invalid": Words(
        "잘못된 비회원 키",
        "없거나 만료된 비회원 키입니다. 모든 기기에서 로그아웃하면 비회원 키도 만료됩니다. "
        "새 비회원으로 계속하거나 로그인해 주세요.",
    ),
    "email-taken": Words("이미 가입한 이메일", "이 이메일 주소로 이미 가입되어 있습니다."),
    "rate-limited": Words(
        "요청이 너무 많음",
        "짧은 시간에 같은 요청이 너무 많이 들어왔습니다. Retry-After만큼 기다려 주세요.",
    ),
}

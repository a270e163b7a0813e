"""What is wrong with a field, in Korean: of a request, and of a concert file.

The English words are msgspec's, and ours where a rule has its own. What is not known here stays as
it is: names, numbers and quoted values are the same in both languages.
"""

import re
from collections.abc import Mapping

# What is expected of a value, in the words of msgspec and of the format's page.
KINDS = {
    "a number": "숫자",
    "a text": "글자",
    "an integer": "정수",
    "true or false": "true 또는 false",
    "an array": "목록",
    "a table": "표",
    "a date and time with an offset such as +09:00": "+09:00 같은 시차가 붙은 날짜와 시각",
    "a huge number": "너무 큰 수",
    "one of the grades": "등급 가운데 하나",
    "`int`": "정수",
    "`float`": "숫자",
    "`str`": "글자",
    "`bool`": "true 또는 false",
    "`array`": "목록",
    "`object`": "객체",
    "`null`": "null",
    "1 to 63 characters a-z, 0-9 and -, the first one not -": (
        "a-z, 0-9, -로 쓴 1~63자(-로 시작하지 않음)"
    ),
    "one line that is not blank and has no control characters": (
        "비어 있지 않고 제어 문자가 없는 한 줄"
    ),
    "lines that are not all blank and have no control characters": (
        "비어 있지 않고 제어 문자가 없는 여러 줄"
    ),
    "a text without the character U+0000": "U+0000 문자가 없는 글",
    "the form https://…": "https://… 형식",
    "the form name@example.com": "name@example.com 형식",
    "digits, spaces, hyphens and brackets, + in front at most": (
        "숫자, 공백, 하이픈, 괄호(+는 맨 앞에만)"
    ),
    "three capital letters such as KRW": "KRW 같은 대문자 세 글자",
    "4 to 64 visible ASCII characters without spaces": "공백 없이 눈에 보이는 ASCII 4~64자",
    "none": "없음",
    "neither": "둘 다 없음",
    "both": "둘 다",
    "none of them": "모두 없음",
    "more": "더 많음",
}
WHOLE = {
    "required": "꼭 있어야 해요.",
    "this required field is missing": "꼭 있어야 하는 필드예요.",
    "unknown field": "없는 항목이에요.",
    "this is not a field of the format": "형식에 없는 필드예요.",
}
# The first that fits a whole text; its groups are said in Korean as well.
PATTERNS: Mapping[str, str] = {
    r"this is not a field of the format; (?P<name>\S+) is": (
        "형식에 없는 필드예요. 비슷한 필드: {name}"
    ),
    r"this stands at the top of the file, above the first table, not in (?P<name>.+)": (
        "파일 맨 위, 첫 표 앞에 적는 필드예요. 지금 있는 곳: {name}"
    ),
    r"expected each (?P<what>.+) once, found (?P<found>.+) again, first at (?P<first>\S+)": (
        "{first}에 이미 있어요. 하나만 있어야 해요: {found}"
    ),
    r"line (?P<line>\d+): (?P<rest>.+)": "{line}번째 줄: {rest}",
    r"this is not TOML: (?P<rest>.+)": "TOML이 아니에요: {rest}",
    r"(?P<seat>seat .+) is in block (?P<name>.+) too": "{seat}: 유보석 {name}에도 들어 있어요.",
    r"expected (?P<kind>.+?), found (?P<found>.+)": "필요한 것: {kind}. 적힌 것: {found}",
    r"[Ee]xpected (?P<kind>`[^`]+`.*), got (?P<found>`[^`]+`)": (
        "필요한 것: {kind}. 받은 것: {found}"
    ),
    r"[Ee]xpected (?P<kind>.+)": "필요한 것: {kind}",
    r"Invalid enum value (?P<found>.+)": "고를 수 없는 값이에요: {found}",
}
LIMITS: Mapping[str, str] = {
    r"(?:an integer of at least|`int` >=) (?P<limit>\S+)": "{limit} 이상의 정수",
    r"(?:an integer of at most|`int` <=) (?P<limit>\S+)": "{limit} 이하의 정수",
    r"(?:a number of at least|`float` >=) (?P<limit>\S+)": "{limit} 이상의 수",
    r"(?:a number of at most|`float` <=) (?P<limit>\S+)": "{limit} 이하의 수",
    r"(?:a text whose length is at least|`str` of length >=) (?P<limit>\S+)": "{limit}자 이상의 글",
    r"(?:a text whose length is at most|`str` of length <=) (?P<limit>\S+)": "{limit}자 이하의 글",
    r"(?:an array whose length is at most|`array` of length <=) (?P<limit>\S+)": (
        "항목이 {limit}개 이하인 목록"
    ),
    r"`array` of length >= (?P<limit>\S+)": "항목이 {limit}개 이상인 목록",
    r"(?:a text|`str`) of (?P<words>.+)": "{words}인 글",
    r"an array of (?P<count>\d+)": "항목이 {count}개인 목록",
    r"(?P<kind>.+), without quotes": "따옴표 없는 {kind}",
    r"(?P<kind>.+), in quotes": "따옴표로 감싼 {kind}",
    r"at least one (?P<what>\w+)": "{what} 하나 이상",
    r"either (?P<one>\w+) or (?P<other>\w+)": "{one}, {other} 중 하나",
    r"one of (?P<words>.+)": "{words} 중 하나",
    r"(?P<words>[\w-]+(?:, [\w-]+)*) or (?P<last>[\w-]+)": "{words}, {last} 중 하나",
    r"(?P<name>\w+) beside it": "함께 적은 {name}",
    r"a time after (?P<when>.+)": "{when} 뒤의 시각",
    r"a year from (?P<first>\d+) to (?P<last>\d+)": "{first}년부터 {last}년까지의 때",
    r"a time with at most (?P<count>\S+) payments": "결제가 {count}건 이하인 기간",
    r"a time to come": "아직 오지 않은 시각",
    r"a slug, such as (?P<example>\S+)": "{example} 같은 슬러그",
}


def said(fault: str) -> str:
    """What is wrong, in Korean where it is known."""
    if fault in WHOLE:
        return WHOLE[fault]
    return _first(PATTERNS, fault) or fault


def _part(text: str) -> str:
    """A part of a sentence: what is expected, or what was found."""
    # msgspec names a choice of kinds in one pair of quotes.
    kinds = [f"`{kind}`" for kind in text[1:-1].split(" | ")] if text[:1] == "`" else [text]
    if all(kind in KINDS for kind in kinds):
        return " 또는 ".join(KINDS[kind] for kind in kinds)
    return _first(LIMITS, text) or text


def _first(patterns: Mapping[str, str], text: str) -> str | None:
    """By the first pattern that fits, with its groups in Korean; None: by none."""
    for pattern, korean in patterns.items():
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return korean.format(**{name: _part(part) for name, part in found.groupdict().items()})
    return None

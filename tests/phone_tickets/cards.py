"""The ticket that the tests are about."""

from datetime import datetime

from yemae.phone_tickets.card import Card

CODE = (
    "YEMAE1:AGM5HMTKIB6BDHKCLUHT66Q3FQKXG3LBNRWC22DBNRWC2MRQGMYC2MBVFUYDGN2FO3TGPUSATR6OQHPRLPR"
    "2K3PUIR2B2R37VBLYIXAIHLK6FUDE2C44OS4MZX7CQUZNUQDRM5XB5SZBDSB4I3IKY6YIT2ECVDO3NDRQ4"
)
CARD = Card(
    language="ko",
    code=CODE,
    booking_number="A2B3C-D4E5F",
    performance_id="small-hall-2030-05-03",
    concert="첫눈이 오기 전에 — 어쿠스틱 콘서트",
    artist="서윤별",
    venue="작은숲 소극장, 서울",
    starts_at=datetime.fromisoformat("2030-05-03T20:00:00+09:00"),
    has_zone=True,
    seat="2층 F1구역 H열 10번",
    grade="R",
    proof="복지카드",
)

"""The waiting room in a real browser: refresh, second tab, lost connection, and the turn."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, Response, expect

from e2e.conftest import PHONE, NewConcert, NewFan, NewRival, Opener
from e2e.fans import continue_as_guest, position

LANES = """
[[queue.lanes]]
name = "fanclub"
share = 50
codes = ["SNOW-2026"]
"""

EARLY = """
[[sales]]
id = "{id}"
name = "먼저 예매"
opens_at = 2026-01-01T11:00:00+09:00
active_limit = 1
allotment = 1
"""


def opens_in(hours: tuple[int, int]) -> str:
    """When joining and the sale open, from now."""
    joining, sale = (datetime.now(UTC) + timedelta(hours=number) for number in hours)
    return f"prequeue_opens_at = {joining.isoformat()}\nsale_opens_at = {sale.isoformat()}"


def wait_in(page: Page, concert: str) -> None:
    page.goto(f"/concerts/{concert}/queue")
    continue_as_guest(page)


def queue_number(page: Page) -> str:
    """The token of the place that the page keeps."""
    script = "Object.entries(localStorage).find(([name]) => name.startsWith('yemae:place:'))[1]"
    found: str = page.evaluate(script)
    return found


def test_the_place_survives_refresh_second_tab_and_lost_connection(
    api_fan: NewFan,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert(active_limit=1)
    inside, ahead = api_fan(), api_fan()
    inside.get_in(concert)
    ahead.join(concert)
    page = open_page(viewport=PHONE)
    wait_in(page, concert)
    assert position(page) == 2
    expect(page).to_have_title(re.compile("^2번째 대기 중"))
    expect(page.get_by_text("곧 차례예요. 이 화면을 열어 두세요.")).to_be_visible()
    accessible(page)
    token = queue_number(page)

    page.reload()
    assert position(page) == 2
    assert queue_number(page) == token

    second = open_page(like=page)
    asked: list[Page] = []
    for tab in (page, second):
        listen_for_polls(tab, asked)
    second.goto(f"/concerts/{concert}/queue")
    assert position(second) == 2
    assert queue_number(second) == token
    asked.clear()
    some_polls(asked, page)
    # One of the tabs asks for both; when it goes, the other does.
    (asking,) = set(asked)
    listening = second if asking is page else page
    asking.close()
    some_polls(asked, listening)
    assert asked[-1] is listening

    listening.context.set_offline(True)
    expect(listening.get_by_text("인터넷 연결이 끊겼어요.")).to_be_visible()
    accessible(listening)
    expect(listening.locator(".position")).to_have_text("2번째")
    listening.context.set_offline(False)
    some_polls(asked, listening)
    expect(listening.get_by_text("인터넷 연결이 끊겼어요.")).to_have_count(0)
    assert position(listening) == 2
    assert queue_number(listening) == token

    third = open_page(like=listening)
    third.goto(f"/concerts/{concert}/queue")
    assert position(third) == 2
    ahead.leave()
    expect(listening.locator(".position")).to_have_text("1번째")
    expect(third.locator(".position")).to_have_text("1번째")
    inside.leave()
    listening.wait_for_url("**/dates")
    third.wait_for_url("**/dates")


def listen_for_polls(tab: Page, asked: list[Page]) -> None:
    def note(response: Response) -> None:
        if response.url.endswith("/v1/queue-tokens/me"):
            asked.append(tab)

    tab.on("response", note)


def some_polls(asked: list[Page], tab: Page) -> None:
    """Wait until three more polls were answered, whichever tab asked."""
    wanted = len(asked) + 3
    for _ in range(600):
        if len(asked) >= wanted:
            return
        tab.wait_for_timeout(50)
    raise AssertionError("no tab polled")


def test_a_fan_may_leave_and_join_again(
    api_fan: NewFan, new_concert: NewConcert, open_page: Opener
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    assert position(page) == 1
    token = queue_number(page)
    page.get_by_role("button", name="대기 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="계속 기다리기").click()
    assert position(page) == 1
    page.get_by_role("button", name="대기 취소").click()
    page.get_by_role("dialog").get_by_role("button", name="취소하기").click()
    page.get_by_role("link", name="예매하기").click()
    assert position(page) == 1
    assert queue_number(page) != token


def test_before_the_opening_there_is_a_countdown(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert(opening=opens_in(hours=(-1, 1)), queue='queueing_method = "draw"')
    page = open_page()
    wait_in(page, concert)
    expect(page.get_by_text("순서는 추첨으로 정해져요")).to_be_visible()
    expect(page.get_by_text("예매 시작까지")).to_be_visible()
    expect(page.get_by_text("화면을 닫아도 순번을 1시간 동안 지켜 드려요.")).to_be_visible()
    expect(page.get_by_text("적어도 1시간마다 이 화면을 열어 주세요.")).to_be_visible()
    expect(page.locator("section time").first).to_be_visible()
    accessible(page)
    early = new_concert(opening=opens_in(hours=(1, 2)))
    page.goto(f"/concerts/{early}/queue")
    expect(page.get_by_text("아직 줄을 설 수 없어요")).to_be_visible()
    expect(page.get_by_text("대기 시작까지")).to_be_visible()
    expect(page.get_by_text("예매 시작까지")).to_have_count(0)
    expect(page.get_by_text("화면을 켜 두세요.")).to_be_visible()
    accessible(page)


def test_long_before_joining_begins_the_pages_say_when_and_ask_no_fan_to_wait(
    new_concert: NewConcert, open_page: Opener, accessible: Callable[[Page], None]
) -> None:
    concert = new_concert(opening=opens_in(hours=(48, 72)))
    page = open_page()
    page.goto(f"/concerts/{concert}")
    expect(page.get_by_text("부터 줄을 설 수 있어요")).to_be_visible()
    expect(page.get_by_role("link", name="미리 대기하기")).to_have_count(0)
    accessible(page)
    wait_in(page, concert)
    expect(page.get_by_text("그때 다시 와 주세요.")).to_be_visible()
    expect(page.get_by_text("화면을 켜 두세요.")).to_have_count(0)


def test_a_challenge_is_solved_on_the_way(new_concert: NewConcert, open_page: Opener) -> None:
    concert = new_concert(queue="proof_of_work = true")
    page = open_page()
    wait_in(page, concert)
    page.wait_for_url("**/dates")


def test_a_presale_code_leads_to_its_lane(
    api_fan: NewFan,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert(active_limit=1, queue=LANES)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    assert position(page) == 1
    page.get_by_text("선예매 코드가 있어요").click()
    page.get_by_label("선예매 코드").fill("WRONG-CODE")
    page.get_by_role("button", name="코드로 줄 서기").click()
    expect(page.get_by_text("맞지 않는 선예매 코드예요")).to_be_visible()
    # The place is still shown and asked for, and the code is there to be mended.
    assert position(page) == 1
    expect(page.get_by_label("선예매 코드")).to_have_value("WRONG-CODE")
    asked: list[Page] = []
    listen_for_polls(page, asked)
    some_polls(asked, page)
    accessible(page)
    page.get_by_label("선예매 코드").fill("SNOW-2026")
    page.get_by_role("button", name="코드로 줄 서기").click()
    expect(page.get_by_text("우선 입장 그룹: fanclub")).to_be_visible()
    assert position(page) == 1


def test_a_place_that_is_over_is_said_and_can_be_taken_again(
    api_fan: NewFan,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    concert = new_concert(active_limit=1)
    api_fan().get_in(concert)
    page = open_page()
    wait_in(page, concert)
    assert position(page) == 1
    token = queue_number(page)
    left = page.request.delete("/v1/queue-tokens/me", headers={"Queue-Token": token})
    assert left.status == 204
    expect(page.get_by_text("순번이 만료됐어요")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="다시 줄 서기").click()
    assert position(page) == 1


def test_a_fan_whose_phase_has_sold_its_allotment_goes_on_to_the_general_sale(
    api_fan: NewFan,
    new_rival: NewRival,
    new_concert: NewConcert,
    open_page: Opener,
    accessible: Callable[[Page], None],
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    concert = new_concert(
        opening=f"sale_opens_at = {tomorrow.isoformat()}",
        more=EARLY.format(id=f"early-{uuid.uuid4().hex}"),
    )
    rival, ahead = new_rival(concert), api_fan()
    # Comes in when the rival has paid, so that the page's fan still waits then.
    ahead.join(concert)
    page = open_page(viewport=PHONE)
    wait_in(page, concert)
    assert position(page) == 2
    expect(page.get_by_text("먼저 예매")).to_be_visible()
    ahead.poll()
    rival.buy("1")
    expect(page.get_by_text("이 예매의 좌석이 모두 팔렸어요")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="다른 예매에 줄 서기").click()
    expect(page.get_by_text("예매 시작을 기다리고 있어요")).to_be_visible()

"""Take the pictures of docs/manual from the demo at one fixed instant; its images folder is all it writes."""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.enums import AccountState, AssessmentStatus, PaperStatus
from app.models import Account, Assessment, Identity, Paper
from scripts.screenshots import DESKTOP, INSTANT, PHONE, SETTLED, served
from tests.support.chromium import find_chromium, launch_arguments
from tests.support.site import Site, build_demo, open_site

MANUAL = Path(__file__).resolve().parent.parent / "docs" / "manual"
TARGET = MANUAL / "images"
_OWN = "Renyi-Duanju-7"
HOSPITAL, NEWCOMER, PHYSICIAN = "hospital", "hospital-new", "physician"
EXAMINEE = "examinee"
PROVINCE = "province"


@dataclass(frozen=True)
class Picture:
    """One picture: who looks at which address, and what is done before it is taken."""

    name: str
    who: str | None
    path: str
    act: Callable[[Page], None] | None = None
    size: tuple[int, int] = DESKTOP


def _set_password(page: Page) -> None:
    for box, text in zip(
        page.locator("input[type=password]").all(), ("666666", _OWN, _OWN), strict=True
    ):
        box.fill(text)
    page.get_by_role("button", name="保存").click()
    page.get_by_role("dialog").wait_for()


def _pick_three(page: Page) -> None:
    for row in range(3):
        page.locator("[data-pick]").nth(row).check()


def _open_first(page: Page) -> None:
    page.get_by_role("link", name="审核", exact=True).first.click()


def _open_decision(page: Page) -> None:
    _open_first(page)
    page.get_by_role("link", name="下一步").click()


def _preview_batch(page: Page) -> None:
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="批量通过").click()


def _preview_verdicts(page: Page) -> None:
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="批量认定合格").click()


def _open_shown(page: Page) -> None:
    page.get_by_role("link", name="查看", exact=True).first.click()


def _open_bar(page: Page) -> None:
    page.get_by_role("link", name="取消资格", exact=True).first.click()


def _open_recheck(page: Page) -> None:
    page.get_by_role("link", name="复核", exact=True).first.click()
    page.get_by_role("link", name="下一步").click()


def _preview_superior(page: Page) -> None:
    row = page.get_by_role("row").filter(has_text="平城区医院")
    row.get_by_role("link", name="隶属调整").first.click()
    page.locator("select[name=authority_id]").select_option(label="太原市卫生健康委员会")
    page.get_by_role("button", name="查看影响").click()


def _prepare(page: Page) -> None:
    page.get_by_role("link", name="开始测评").first.click()
    page.locator("[data-check=camera]").get_by_text("正常").wait_for()


def _sit(page: Page) -> None:
    _prepare(page)
    page.get_by_label("我已阅读并同意").check()
    page.get_by_role("button", name="开始作答").click()
    page.get_by_text("已保存").wait_for()
    page.keyboard.press("b")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1000)


PICTURES: tuple[Picture, ...] = (
    Picture("login", None, "/login/"),
    Picture("initial-password", NEWCOMER, "/"),
    Picture("cycle-notice", NEWCOMER, "/", _set_password),
    Picture("home", HOSPITAL, "/"),
    Picture("own-facts", HOSPITAL, "/institution/profile"),
    Picture("departments", HOSPITAL, "/departments/list/"),
    Picture("department-form", HOSPITAL, "/departments/add"),
    Picture("physicians", HOSPITAL, "/physicians/list/?tab=unconfirmed", _pick_three),
    Picture("physicians-confirmed", HOSPITAL, "/physicians/list/?tab=confirmed"),
    Picture("physician-form", HOSPITAL, "/physicians/add"),
    Picture("import", HOSPITAL, "/roster-import/"),
    Picture("apply-as-agency", HOSPITAL, "/agency-application/"),
    Picture("review-list", HOSPITAL, "/review/general/list/"),
    Picture("review-case", HOSPITAL, "/review/simplified/list/", _open_first),
    Picture("review-decision", HOSPITAL, "/review/general/list/", _open_decision),
    Picture("batch", HOSPITAL, "/review/simplified/list/", _preview_batch),
    Picture("exemption-list", HOSPITAL, "/exemption-review/list/"),
    Picture("exemption", HOSPITAL, "/exemption-review/list/", _open_first),
    Picture("progress", HOSPITAL, "/progress/list/"),
    Picture("held-up", HOSPITAL, "/hold-ups/list/"),
    Picture("password", HOSPITAL, "/password/change"),
    Picture("authority-home", PROVINCE, "/"),
    Picture("institutions", PROVINCE, "/institutions/list/"),
    Picture("superior", PROVINCE, "/institutions/list/", _preview_superior),
    Picture("agency-application", PROVINCE, "/agency-applications/list/", _open_first),
    Picture("agencies", PROVINCE, "/agencies/list/"),
    Picture("disqualify", PROVINCE, "/agencies/list/", _open_bar),
    Picture("cycle", PROVINCE, "/cycles/list/", _open_shown),
    Picture("progress-of-province", PROVINCE, "/progress/list/"),
    Picture("statistics", PROVINCE, "/statistics/"),
    Picture("penalties", PROVINCE, "/penalties/list/"),
    Picture("penalty-form", "city-2", "/penalties/add"),
    Picture("spot-check", PROVINCE, "/spot-checks/show/1"),
    Picture("spot-check-items", PROVINCE, "/spot-check-items/list/"),
    Picture("questions", PROVINCE, "/questions/list/?tab=reviewed"),
    Picture("blueprint", PROVINCE, "/blueprints/show/2"),
    Picture("paper", PROVINCE, "/blueprints/preview/2?seed=2024&keys=1"),
    Picture("exam-sessions", PROVINCE, "/exam-sessions/list/"),
    Picture("proctoring", "proctor", "/proctoring/list/"),
    Picture("sitting", "proctor", "/proctoring/sittings/3"),
    Picture("exam", EXAMINEE, "/exam/", size=PHONE),
    Picture("exam-check", EXAMINEE, "/exam/", _prepare),
    Picture("exam-sit", EXAMINEE, "/exam/", _sit),
    Picture("verdicts", "agency", "/verdicts/list/"),
    Picture("verdict-batch", "agency", "/verdicts/list/", _preview_verdicts),
    Picture("conclusions", PROVINCE, "/conclusions/list/"),
    Picture("certificates", PROVINCE, "/certificates/list/"),
    Picture("history", HOSPITAL, "/history/list/"),
    Picture("result", HOSPITAL, "/history/list/", _open_shown),
    Picture("verify", PROVINCE, "/certificates/verify/1"),
    Picture("objection", "agency", "/objections/case/1"),
    Picture("remedies", PROVINCE, "/remedies/list/"),
    Picture("closing", PROVINCE, "/cycles/closing/1"),
    Picture("result-summary", PROVINCE, "/result-summary/?of_cycle=02"),
    Picture("role-form", "secadmin", "/roles/add"),
    Picture("deputies", PROVINCE, "/deputies/"),
    Picture("trail", "auditor", "/trail/list/"),
    Picture("agency-home", "agency", "/"),
    Picture("recheck-list", "agency", "/recheck/general/list/"),
    Picture("recheck-decision", "agency", "/recheck/general/list/", _open_recheck),
    Picture("papers", "agency", "/papers/list/"),
    Picture("scores", "agency", "/papers/scores"),
    Picture("makeups", "agency", "/makeups/list/"),
    Picture("recusals", "agency", "/recusals/list/"),
    Picture("committee", "agency", "/committee/list/"),
    Picture("entrusted", "agency", "/entrusted/list/"),
    Picture("physician-home", PHYSICIAN, "/", size=PHONE),
    Picture("physician-registration", PHYSICIAN, "/registration/", size=PHONE),
    Picture("physician-exemption", PHYSICIAN, "/exemption/", size=PHONE),
    Picture("physician-deferral", PHYSICIAN, "/deferral/", size=PHONE),
)


def _signed_in(site: Site, who: str) -> FlaskClient:
    if who == PHYSICIAN:
        return site.physician_client()
    if who != EXAMINEE:
        return site.client(who)
    with site.session() as session:
        waiting = (
            select(Account.username)
            .join(Identity, Identity.account_id == Account.id)
            .join(Assessment, Assessment.physician_id == Identity.physician_id)
            .join(Paper, Paper.assessment_id == Assessment.id)
            .where(
                Paper.status == PaperStatus.NOT_STARTED,
                Assessment.status == AssessmentStatus.AWAITING_EXAM,
                Account.state == AccountState.ACTIVE,
            )
            .order_by(Assessment.id)
        )
        username = session.scalars(waiting).first()
    return site.client(username)


def take(browser: Browser, address: str, site: Site, picture: Picture) -> Path:
    """Take one picture and give where it is."""
    width, height = picture.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale="zh-CN",
        reduced_motion="reduce",
        color_scheme="light",
    )
    if picture.who is not None:
        client = _signed_in(site, picture.who)
        cookie = client.get_cookie("dingkao")
        assert cookie is not None
        context.add_cookies([{"name": "dingkao", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.clock.set_system_time(INSTANT)
    page.goto(picture.path)
    if picture.act is not None:
        picture.act(page)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(SETTLED)
    target = TARGET / f"{picture.name}.png"
    page.screenshot(path=target, animations="disabled", caret="hide")
    context.close()
    return target


def main(wanted: list[str]) -> None:
    """Take every picture, or those that are named."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    TARGET.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, time_machine.travel(INSTANT):
        url = f"sqlite:///{folder}/demo.db"
        build_demo(url, Path(folder))
        site = open_site(url, Path(folder))
        with served(site) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=find_chromium(), args=launch_arguments()
            )
            for picture in PICTURES:
                if not wanted or picture.name in wanted:
                    taken = take(browser, address, site, picture)
                    print(taken.relative_to(MANUAL.parent.parent))
            browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])

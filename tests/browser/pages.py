"""The pages that are looked at closely, by who opens them."""

import re

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors, field_of, press
from tests.support.rosters import DATA, MESSY

PHYSICIAN = "140213198507281025"
PAGES: dict[str, tuple[str | None, str]] = {
    "login": (None, "/login/"),
    "home of the system administrator": ("sysadmin", "/"),
    "home of the security administrator": ("secadmin", "/"),
    "home of the auditor": ("auditor", "/"),
    "home of the province": ("province", "/"),
    "home of the hospital": ("hospital", "/"),
    "home of the agency": ("agency", "/"),
    "home of the proctor": ("proctor", "/"),
    "home of the physician": (PHYSICIAN, "/"),
    "physicians": ("hospital", "/physicians/list/"),
    "department form": ("hospital", "/departments/add"),
    "departments": ("hospital", "/departments/list/"),
    "own facts": ("hospital", "/institution/profile"),
    "import report": ("hospital", "report"),
    "case": ("hospital", "case"),
    "registration": (PHYSICIAN, "/registration/"),
    "accounts": ("sysadmin", "/accounts/list/"),
    "roles": ("secadmin", "/roles/add"),
    "cycle form": ("province", "/cycles/add"),
    "trail": ("auditor", "/trail/list/"),
    "registry conflict": ("province-sn", "/registry-conflicts/show/2"),
    "columns of a list": ("hospital", "/physicians/columns"),
    "numbers in full": ("hospital", "/physicians/export/plain?tab=confirmed"),
    "printed list": ("hospital", "/physicians/list/?print=1"),
    "own password": ("hospital", "/password/change"),
    "exemptions under review": ("hospital", "/exemption-review/list/"),
    "exemption": ("hospital", "exemption"),
    "own exemption": (PHYSICIAN, "/exemption/"),
    "own deferral": (PHYSICIAN, "/deferral/"),
    "correction": ("hospital", "correction"),
    "own correction": (PHYSICIAN, "/correction/"),
    "own further places": (PHYSICIAN, "/practice-place/"),
    "transfer": ("hospital", "transfer"),
    "recusal": ("agency", "recusal"),
    "away": ("hospital", "/physicians/list/?tab=away"),
    "held up": ("hospital", "/hold-ups/list/"),
    "batch": ("hospital", "batch"),
    "own examinations": (PHYSICIAN, "/exam/"),
    "sittings": ("proctor", "/proctoring/list/"),
    "sitting": ("proctor", "/proctoring/sittings/3"),
    "live sittings": ("agency", "/live-sittings/list/"),
    "make-ups": ("agency", "/makeups/list/"),
    "scores by file": ("agency", "/score-files/"),
    "session form": ("province", "/exam-sessions/add"),
    "verdicts": ("agency", "/verdicts/list/"),
    "result": ("hospital", "result"),
    "filing": ("province", "/conclusions/list/"),
    "certificates": ("province", "/certificates/list/"),
    "closing": ("province", "/cycles/closing/1"),
    "summary of results": ("province", "/result-summary/"),
    "not found": ("hospital", "/nowhere"),
}


_QUEUES = {
    "exemption": "/exemption-review/list/",
    "correction": "/corrections/list/",
    "transfer": "/transfer-requests/list/",
    "recusal": "/recusals/list/",
}
"""Requests of which the first one is opened."""


def opened(people: Visitors, name: str) -> Page:
    """Open a page as the one who may."""
    who, path = PAGES[name]
    if who is None:
        page = people.page("nobody")
        page.goto(path)
    elif path == "report":
        page = _report(people, who)
    elif path in _QUEUES:
        page = people.at(who, _QUEUES[path])
        page.get_by_role("link", name="审核", exact=True).first.click()
        expect(page.locator(".decision")).to_be_visible()
    elif path == "result":
        page = people.at(who, "/history/list/")
        page.get_by_role("link", name="查看", exact=True).first.click()
        expect(page.get_by_role("heading", name="结果依据")).to_be_visible()
    elif path == "batch":
        page = people.at(who, "/review/simplified/list/")
        page.locator("[data-pick]").first.check()
        page.get_by_role("button", name=re.compile("^批量通过")).click()
        expect(page.get_by_role("heading", name="批量通过")).to_be_visible()
    elif path == "case":
        page = people.at(who, "/review/general/list/")
        page.get_by_role("link", name="审核", exact=True).first.click()
        page.get_by_role("link", name="下一步").click()
        expect(page.locator(".decision")).to_be_visible()
    else:
        page = people.at(who, path)
    page.wait_for_load_state("networkidle")
    return page


def _report(people: Visitors, who: str) -> Page:
    page = people.at(who, "/roster-import/")
    field_of(page, "医师名单").set_input_files(DATA / MESSY)
    press(page, "上传并预检")
    expect(page.get_by_role("heading", name="预检结果")).to_be_visible()
    return page

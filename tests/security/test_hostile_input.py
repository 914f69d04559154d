"""Words of others never run: not as HTML, not as a formula, not as a path, not as an address."""

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import select, update

from app import models as m
from app.enums import AssessmentStatus
from tests.security import foreign
from tests.security.foreign import ATTACKERS
from tests.security.foreign_requests import PDF
from tests.security.test_leaks import crawled
from tests.support.site import Site

pytestmark = pytest.mark.embedded

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
RAW = ("<script>alert", "<img src=x", "onerror=alert(2)>")


@pytest.fixture
def poisoned(site: Site) -> Site:
    """Every word that somebody types is an attack."""
    short = EVIL[:60]
    columns: dict[Any, dict[str, str]] = {
        m.Physician: {"name": short, "practice_scope": EVIL},
        m.Institution: {"name": EVIL, "contact_person": short, "address": EVIL},
        m.Agency: {"contact_person": short},
        m.Authority: {"contact_person": short},
        m.Account: {"first_name": short},
        m.Assessment: {"returned_reason": EVIL},
        m.TrailEntry: {"comment": EVIL, "actor_name": short, "actor_body": EVIL},
        m.OutsideOpinion: {"place": EVIL, "content": EVIL},
        m.ConductRecord: {"place": EVIL, "outcome": EVIL},
        m.Registration: {"position": short, "statement": EVIL, "email": EVIL},
        m.WorkYear: {"summary": EVIL},
        m.Experience: {"place": EVIL, "department_name": short, "position": short},
        m.Opinion: {"reason": EVIL, "given_by": short},
    }
    with site.session() as session:
        for model, values in columns.items():
            session.execute(
                update(model).values(values).execution_options(synchronize_session=False)
            )
        for row in session.scalars(select(m.Department)):
            row.name = f"{row.id}{EVIL}"[:64]
        session.commit()
    return site


@pytest.mark.parametrize(
    "username", ["hospital", "province", "county", "agency", "sysadmin", "secadmin", "auditor", ""]
)
def test_words_of_others_are_escaped_on_every_page(poisoned: Site, username: str) -> None:
    who = ATTACKERS["physician"]
    browser = poisoned.client(username) if username else foreign.client(poisoned, who)
    pages = {
        url: answer.text
        for url, answer in crawled(browser)
        if "html" in answer.content_type and answer.status_code == 200
    }

    wrong = {url: [raw for raw in RAW if raw in page] for url, page in pages.items()}

    assert {url: found for url, found in wrong.items() if found} == {}
    assert any("&lt;script&gt;" in page for page in pages.values())


FORMULAS = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://x")')


def test_a_name_that_begins_like_a_formula_is_text_in_every_export(site: Site) -> None:
    with site.session() as session:
        rows = session.scalars(select(m.Department).where(m.Department.institution_id == 2)).all()
        for row, formula in zip(rows, FORMULAS, strict=False):
            row.name = formula
        session.commit()
    clerk = site.client("hospital")

    for view in ("departments", "physicians", "progress"):
        content = clerk.get(f"/{view}/export/csv").get_data().decode("utf-8-sig")
        found = [c for line in csv.reader(io.StringIO(content)) for c in line]
        assert [c for c in found if re.match(r"[=+\-@\t\r]", c)] == []
        if view == "departments":
            assert {f"'{formula}" for formula in FORMULAS} <= set(found)
        book = zipfile.ZipFile(io.BytesIO(clerk.get(f"/{view}/export/xlsx").get_data()))
        for name in book.namelist():
            part = book.read(name).decode("utf-8", "replace")
            assert "<f>" not in part, name
            assert "<hyperlink" not in part, name


NAMES = ("../../etc/passwd.pdf", "..\\..\\boot.pdf", "/etc/passwd\x00.pdf", "a%0d%0aX-Evil:1.pdf",
         "<script>alert(1)</script>.pdf", "证明\u202efdp.pdf", "\".pdf; filename=x.exe")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_name_is_neither_a_path_nor_a_header_nor_html(site: Site, name: str) -> None:
    browser = foreign.client(site, ATTACKERS["physician"])
    username = foreign.username(site, ATTACKERS["physician"])
    actor = site.actor(username)
    with site.session() as session:
        part = session.scalars(
            select(m.Participation.id).where(m.Participation.physician_id == actor.physician_id)
        ).one()

    browser.post(f"/attachments/upload/{part}", data={"attachment": (io.BytesIO(PDF), name)})
    with site.session() as session:
        stored = session.scalars(
            select(m.Attachment).where(m.Attachment.physician_id == actor.physician_id)
        ).all()[-1]
        kept, pk = stored.filename, stored.id
    answer = browser.get(f"/attachments/{pk}")

    assert not re.search(r'[\x00-\x1f/\\"<>\u202e]', kept)
    assert ".." not in kept.split(".pdf")[0] or not kept.startswith("..")
    assert kept.endswith(".pdf")
    assert "X-Evil" not in answer.headers
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "<script>alert" not in browser.get("/registration/").text


@pytest.mark.parametrize("path", ["../../../etc/passwd", "..%2f..%2fconfig.py", "%2e%2e/config.py"])
def test_static_files_stay_in_their_folder(shared_site: Site, path: str) -> None:
    assert shared_site.client().get(f"/static/{path}").status_code in (400, 404)


ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "javascript:alert(1)", "https:evil.example", "/%0d%0aX-Evil:1",
    "http://localhost@evil.example/",
)  # fmt: skip


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_redirect_leaves_the_site(site: Site, target: str) -> None:
    def leaves(answer: Any) -> bool:
        location = answer.headers.get("Location", "/")
        own = location.startswith("/") and location[1:2] not in ("/", "\\")
        return not own or "evil" in location.partition("?")[0].split("%0")[0][:14]

    waiting = m.Assessment.status == AssessmentStatus.AWAITING_INSTITUTION
    with site.session() as session:
        case, unit = (
            session.scalars(
                select(model.id).where(model.institution_id == 2, *more).order_by(model.id)
            ).first()
            for model, more in ((m.Assessment, (waiting,)), (m.Department, ()))
        )
        person = session.scalars(
            select(m.Physician.id).where(m.Physician.institution_id == 2)
        ).first()
    clerk, back = site.client("hospital"), {"next": target, "back": target}
    answers = [
        site.client().post(
            "/login/",
            query_string={"next": target},
            data={"account": "hospital", "password": "Dingkao-2024"},
        ),
        clerk.get("/login/", query_string={"next": target}),
        clerk.get("/lang/en", query_string={"next": target}),
        clerk.post(f"/steps/department/{unit}/stop", data=back),
        clerk.post(f"/steps/assessment/{case}/institution_reject", data={**back, "comment": ""}),
        clerk.post(f"/steps/assessment/{case}/institution_submit", headers={"Referer": target}),
        clerk.post(f"/physicians/delete/{person}", data=back),
        clerk.post(f"/physicians/reset/{person}", data=back),
    ]

    assert [answer.status_code in (200, 302, 303) for answer in answers] == [True] * len(answers)
    assert [leaves(answer) for answer in answers] == [False] * len(answers)
    assert not any("X-Evil" in answer.headers for answer in answers)


def test_a_forged_host_is_in_no_address(shared_site: Site) -> None:
    browser = shared_site.client("hospital")
    for path in ("/", "/departments/list/", "/login/", "/departments/edit/0"):
        answer = browser.get(
            path,
            headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example",
                     "X-Original-URL": "/accounts/list/", "X-Rewrite-URL": "/accounts/list/"},
        )  # fmt: skip
        assert "evil.example" not in answer.text
        assert "evil.example" not in answer.headers.get("Location", "")
        assert "账号管理" not in answer.text


@pytest.mark.parametrize("method", ["TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "PROPFIND"])
def test_other_methods_do_nothing(site: Site, method: str) -> None:
    clerk, before = site.client("hospital"), foreign.fingerprints(site)
    for path in ("/departments/list/", "/departments/delete/1", "/steps/participation/1/confirm"):
        assert clerk.open(path, method=method, data={"comment": "x"}).status_code == 405

    assert foreign.fingerprints(site) == before


def test_a_method_cannot_be_overridden_and_reading_changes_nothing(site: Site) -> None:
    with site.session() as session:
        unit = session.scalars(
            select(m.Department.id).where(m.Department.institution_id == 2)
        ).all()[-1]
    clerk, before = site.client("hospital"), foreign.fingerprints(site)
    override = {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}
    for path in (
        f"/departments/delete/{unit}",
        "/physicians/reset/1",
        "/steps/participation/1/confirm",
    ):
        for method in ("GET", "HEAD"):
            answer = clerk.open(
                path, method=method, headers=override, query_string={"_method": "POST"}
            )
            assert answer.status_code == 405, (method, path)
    for path in ("/departments/list/", "/physicians/list/", f"/departments/edit/{unit}", "/"):
        assert clerk.head(path).get_data() == b""

    assert foreign.fingerprints(site) == before

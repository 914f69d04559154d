"""Numbers of persons stay sealed: in the database, in pages, exports, trail and log."""

import logging
import re
import zipfile
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import inspect, select, table, text

from app import models as m
from app.enums import AccountState, BodyStatus, Role
from app.extensions import db
from app.views.clock import now
from tests.support.rosters import DATA, GOOD
from tests.support.site import Site, open_site

ROLES = ("hospital", "province", "county", "agency", "proctor", "sysadmin", "secadmin", "auditor")
NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X](?![0-9A-Za-z])")


def numbers(site: Site, most: int = 20) -> list[str]:
    """Give the plain ID numbers of some physicians of both provinces."""
    with site.session() as session:
        rows = session.scalars(select(m.Physician).order_by(m.Physician.id)).all()
        return [row.id_number for row in (*rows[: most - 3], *rows[-3:])]


def cells(site: Site) -> Any:
    """Give every text and every bytes of every table."""
    with site.app.app_context(), db.engine.connect() as connection:
        for name in inspect(db.engine).get_table_names():
            for row in connection.execute(select(text("*")).select_from(table(name))):
                for column, value in zip(row._fields, row, strict=True):
                    if isinstance(value, (bytes, memoryview)):
                        yield name, column, bytes(value)
                    elif isinstance(value, str):
                        yield name, column, value.encode()
                    elif isinstance(value, (dict, list)):
                        yield name, column, str(value).encode()


def shown(answer: Any) -> str:
    """Give what an answer says, whatever its form."""
    content = answer.get_data()
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return unescape(content.decode("utf-8", "replace"))


def physicians(site: Site, institution: int = 2) -> list[Any]:
    """Give the physicians of one hospital."""
    with site.session() as session:
        found = session.scalars(
            select(m.Physician).where(m.Physician.institution_id == institution)
        ).all()
        session.expunge_all()
        return list(found)


def test_no_table_holds_a_plain_number(site: Site) -> None:
    clerk = site.client("hospital")
    person = physicians(site)[0]
    clerk.post(f"/physicians/reveal/{person.id}", data={"comment": "核对证件"})
    clerk.get(f"/physicians/list/?id_number={person.id_number}")
    clerk.get(f"/physicians/export/csv?id_number={person.id_number}").get_data()
    clerk.post("/physicians/add", data={"id_number": person.id_number, "name": "重复"})
    site.client().post("/login/", data={"account": person.id_number, "password": "wrong-one"})
    roster = {"file": (BytesIO((DATA / GOOD).read_bytes()), "名单.xlsx")}
    report = clerk.post("/roster-import/", data=roster).location
    assert clerk.get(report).status_code == 200
    clerk.post(f"{report}/confirm", data={"mode": "good", "create_departments": "y"})
    with site.session() as session:
        uploaded = [row.id_number for row in session.scalars(select(m.Physician)).all()[-20:]]
    plain = [number.encode() for number in {*numbers(site), *uploaded}]
    assert len(plain) >= 20

    found = [
        (name, column) for name, column, value in cells(site) if any(n in value for n in plain)
    ]

    assert found == []


def test_nobodys_account_is_named_by_a_number(site: Site) -> None:
    with site.session() as session:
        rows = session.execute(
            select(m.Account.username, m.Account.email, m.Physician)
            .join(m.Identity, m.Identity.account_id == m.Account.id)
            .join(m.Physician, m.Physician.id == m.Identity.physician_id)
        ).all()
        for name, email, person in rows:
            assert re.fullmatch("[0-9a-f]{64}", name)
            assert person.id_number not in name + email
            assert person.id_number[6:14] not in name + email or name == person.id_index


def crawled(browser: Any, most: int = 120) -> Any:
    """Follow the links of every page, two of a kind."""
    waiting = ["/"]
    seen: set[str] = set()
    kinds: dict[tuple[str, str], int] = {}
    while waiting and len(seen) < most:
        url = waiting.pop(0)
        parts = urlsplit(url)
        kind = re.sub("[0-9]+", "N", parts.path), parts.query.partition("=")[0]
        kinds[kind] = kinds.get(kind, 0) + 1
        own = parts.path.startswith("/") and not parts.netloc
        if url in seen or kinds[kind] > 2 or not own or parts.path.startswith(("/static", "/lang")):
            continue
        seen.add(url)
        answer = browser.get(url)
        answer.get_data()  # a stream that nobody reads would stay open
        yield url, answer
        if "html" in answer.content_type:
            waiting += [unescape(link) for link in re.findall(r'href="([^"#]+)"', answer.text)]


@pytest.mark.parametrize("username", [*ROLES, "physician"])
def test_no_page_or_export_of_anybody_shows_a_plain_number(
    shared_site: Site, caplog: pytest.LogCaptureFixture, username: str
) -> None:
    caplog.set_level(logging.DEBUG)
    site = shared_site
    browser = site.physician_client() if username == "physician" else site.client(username)
    with site.session() as session:
        secret = {row.id_number for row in session.scalars(select(m.Physician))}
        secret |= {row.licence_code for row in session.scalars(select(m.Physician))}
    pages = {url: shown(answer) for url, answer in crawled(browser)}

    leaks = {url: [s for s in secret if s and s in page] for url, page in pages.items()}

    assert {url: found for url, found in leaks.items() if found} == {}
    # the example row of the workbook to fill in
    invented = {"/roster-import/template", "/conduct-import/template"}
    assert {url for url, page in pages.items() if NUMBER.search(page)} <= invented
    assert [s for s in secret if s and s in caplog.text] == []
    assert len(pages) >= 3


def reveals(site: Site) -> int:
    """Count the entries of the trail that say somebody looked."""
    with site.session() as session:
        return len(
            session.scalars(select(m.TrailEntry.id).where(m.TrailEntry.action == "reveal")).all()
        )


@pytest.mark.parametrize("reason", ["", "   ", "\u3000\n"])
def test_a_number_is_not_revealed_without_a_reason(site: Site, reason: str) -> None:
    person, clerk = physicians(site)[0], site.client("hospital")

    answer = clerk.post(f"/physicians/reveal/{person.id}", data={"comment": reason})

    assert answer.status_code == 302
    assert person.id_number not in clerk.get(answer.location).text
    assert clerk.get(f"/physicians/reveal/{person.id}").status_code == 405
    assert reveals(site) == 0


def test_a_reveal_is_in_the_trail_with_its_reason_and_without_the_number(site: Site) -> None:
    person, clerk = physicians(site)[0], site.client("hospital")

    answer = clerk.post(f"/physicians/reveal/{person.id}", data={"comment": "核对执业证书"})

    assert person.id_number in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    with site.session() as session:
        (entry,) = session.scalars(
            select(m.TrailEntry).where(m.TrailEntry.action == "reveal")
        ).all()
        assert (entry.subject_id, entry.comment) == (person.id, "核对执业证书")
        assert (entry.actor_role, entry.institution_id) == (Role.INSTITUTION, 2)
    for again in ("/physicians/list/", f"/physicians/show/{person.id}"):
        assert person.id_number not in clerk.get(again).text


@pytest.mark.parametrize("username", ["agency", "proctor", "sysadmin", "secadmin", "auditor"])
def test_who_may_not_reveal_reveals_nothing(site: Site, username: str) -> None:
    person = physicians(site)[0]
    answer = site.client(username).post(f"/physicians/reveal/{person.id}", data={"comment": "好奇"})

    assert answer.status_code == 403
    assert reveals(site) == 0


def words(answer: Any) -> str:
    """Give a page without what differs from one request to the next."""
    return re.sub(r"nonce-?[^\s\"']*|nonce=\"[^\"]*\"|t=[0-9.]+|value=\"[^\"]*\"", "", answer.text)


@pytest.mark.parametrize("account", ["hospital", "nosuch-account", "number", "1' OR '1'='1"])
def test_a_failed_login_does_not_tell_whether_the_account_exists(site: Site, account: str) -> None:
    typed = numbers(site)[5] if account == "number" else account
    browser = site.app.test_client()
    answer = browser.post("/login/", data={"account": typed, "password": "Wrong-Password-1"})
    other = site.app.test_client().post(
        "/login/", data={"account": "never-seen", "password": "Wrong-Password-1"}
    )

    assert answer.status_code == other.status_code == 200
    assert words(answer) == words(other)


SQL = re.compile(
    r"sqlalche|psycopg|sqlite3?\.|Traceback|SELECT .* FROM|INSERT INTO|UPDATE \w+ SET|"
    r"IntegrityError|ProgrammingError|DataError|UNIQUE constraint|duplicate key",
)
ODD = [
    "'",
    '"',
    "1' OR '1'='1",
    "%",
    "_",
    "\\",
    "\x00",
    "\ud7ff\U0010ffff",
    "-1",
    "9" * 30,
    "{{7*7}}",
]


def test_odd_input_is_never_answered_with_an_error_of_the_database(site: Site) -> None:
    fields = ("name", "id_number", "department", "status", "age_from", "first_registered_from",
              "tab", "sort", "page", "per_page", "category", "institution", "body", "who")  # fmt: skip
    wrong = {}
    for username, paths in (
        ("hospital", ("/physicians/list/", "/departments/list/", "/review/general/list/")),
        ("province", ("/institutions/list/", "/accounts/list/", "/trail/list/")),
    ):
        browser = site.client(username)
        for path in paths:
            for value in ODD:
                answer = browser.get(path, query_string=dict.fromkeys(fields, value))
                if answer.status_code not in (200, 400) or SQL.search(answer.text):
                    wrong[path, value] = answer.status_code
    clerk = site.client("hospital")
    for value in ODD:
        for path, form in (
            ("/departments/add", {"name": value, "subjects": [value], "version": value}),
            ("/physicians/add", dict.fromkeys(("name", "id_number", "phone", "title"), value)),
            ("/institution/profile", {"name": value, "version": value, "beds": value}),
            ("/steps/assessment/1/institution_reject", {"comment": value, "next": value}),
            (f"/roster-import/{quote(value)}/confirm", {}),
            (f"/steps/{'x' * 9}/1/{'y' * 9}", {"comment": value}),
        ):
            answer = clerk.post(path, data=form)
            if answer.status_code >= 500 or SQL.search(answer.text):
                wrong[path, value] = answer.status_code

    assert wrong == {}


def test_the_session_cookie_is_for_the_browser_alone(
    demo_template: str, database_server: Any, tmp_path: Any
) -> None:
    with database_server.lending(demo_template) as url:
        opened = open_site(url, tmp_path, COOKIE_SECURE="on")
        answer = opened.app.test_client().post(
            "/login/", data={"account": "hospital", "password": "Dingkao-2024"}
        )
        cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("dingkao="))
        with opened.app.app_context():
            db.engine.dispose()

    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Secure", "HttpOnly", "Path=/", "SameSite=Lax",
    }  # fmt: skip
    assert answer.headers["Strict-Transport-Security"]
    assert "hospital" not in cookie


def test_signing_in_changes_the_token(site: Site) -> None:
    browser = site.app.test_client()
    browser.set_cookie("dingkao", "chosen-by-the-attacker")
    browser.post("/login/", data={"account": "hospital", "password": "Dingkao-2024"})

    cookie = browser.get_cookie("dingkao")
    assert cookie is not None
    assert cookie.value != "chosen-by-the-attacker"
    assert browser.get("/departments/list/").status_code == 200


def test_a_stopped_hospital_or_account_is_out_at_once(site: Site) -> None:
    by_body, by_state = site.client("hospital"), site.client("hospital-3")
    by_office = site.client("county")
    for browser in (by_body, by_state):
        assert browser.get("/departments/list/").status_code == 200
    with site.session() as session:
        session.get_one(m.Institution, 2).status = BodyStatus.STOPPED
        session.scalars(
            select(m.Account).where(m.Account.username == "hospital-3")
        ).one().state = AccountState.STOPPED
        session.get_one(m.Authority, 6).status = BodyStatus.STOPPED
        session.commit()

    for browser in (by_body, by_state, by_office):
        for path in ("/departments/list/", "/physicians/export/csv", "/"):
            assert browser.get(path).status_code == 302, path
        assert browser.post("/departments/add", data={"name": "偷"}).status_code == 302


def test_an_agency_whose_appointment_ends_loses_its_cases_at_once(site: Site) -> None:
    browser = site.client("agency")
    with site.session() as session:
        case = session.scalars(
            select(m.Assessment.id).where(m.Assessment.institution_id == 4)
        ).first()
    assert browser.get(f"/progress/case/{case}").status_code == 200

    with site.session() as session:
        appointment = session.scalars(
            select(m.Appointment.id).where(m.Appointment.institution_id == 4)
        ).one()
    answer = site.client("province").post(
        "/appointments/add",
        data={"institutions": ["4"], "agency_id": "2", "cycle_id": "1"},
    )

    assert (answer.status_code, appointment > 0) == (302, True)
    assert browser.get(f"/progress/case/{case}").status_code == 404
    assert site.client("hospital", Role.AGENCY).get(f"/progress/case/{case}").status_code == 200


def test_an_upload_is_forgotten_after_its_day(site: Site) -> None:
    clerk = site.client("hospital")
    roster = {"file": (BytesIO((DATA / GOOD).read_bytes()), "名单.xlsx")}
    report = clerk.post("/roster-import/", data=roster).location
    with site.session() as session:
        session.scalars(select(m.RosterUpload)).one().expires_at = now()
        session.commit()

    assert clerk.get(report).status_code == 404

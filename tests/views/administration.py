"""A fresh province, made in pages by the system administrator, and what its offices fill in."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select
from stdnum.cn import uscc as check

from app.enums import AuthorityLevel
from app.models import Agency, Authority, Cycle, Identity, Institution
from app.periods import local_day
from app.rules import DEFERRAL_GROUNDS, EXEMPTION_GROUNDS, CycleRules
from app.views.clock import now
from tests.support.site import Site

PASSWORD = "Yulan#2026-bai"
WINDOWS = ("agency_application", "registration", "review", "examination")


def uscc(number: int) -> str:
    """Give a valid 统一社会信用代码."""
    head = f"12370000{number:09d}"
    return head + str(check.calc_check_digit(head))


def text(answer: Any) -> str:
    """Give what a reader sees of an answer's main part."""
    main = answer.text[answer.text.index("<main") :]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def settle(site: Site, username: str) -> FlaskClient:
    """Open an account in the initial state as its person does, and give the signed-in client."""
    client = site.client(username)
    answer = client.post(
        "/password/initial", data={"old": "666666", "new": PASSWORD, "again": PASSWORD}
    )
    assert answer.status_code == 303, text(answer)
    return site.client(username)


def rules_form(**changes: Any) -> dict[str, Any]:
    """Give the fields of a cycle as the form suggests them, all windows open today."""
    today = local_day(now())
    first, last = today - timedelta(days=30), today + timedelta(days=150)
    form: dict[str, Any] = {
        "label": "07", "starts_on": first, "last_day": last,
        "papers_general": ["公共知识", "业务水平"], "papers_simplified": ["公共知识"],
        "provincial_grounds": "援外满六个月\n\n抗疫表彰\n",
        "exemption_grounds": "\n".join(EXEMPTION_GROUNDS), "exempted_papers": ["业务水平"],
        "deferral_grounds": "\n".join(DEFERRAL_GROUNDS),
        "simplified_years_good": 5, "simplified_years_clean": 12, "pass_mark_physician": 60,
        "pass_mark_assistant": 60, "makeup_rounds": 1, "statement_min_length": 500,
        "statement_max_length": 3000, "notice_days": 60, "opinion_days": 30, "filing_days": 30,
        "objection_days": 30, "suspension_months_min": 3, "suspension_months_max": 6,
        "agency_min_beds": 100, "agency_min_physicians": 50, "attempts": 1,
        "certificate_title": "医师定期考核合格证书", "certificate_issuer": "",
        "certificate_prefix": "", "certificate_note": CycleRules().certificate_note,
        "snapshot_seconds": 150, "photo_days": 180, "exam_rules": list(CycleRules().exam_rules),
    }  # fmt: skip
    for window in WINDOWS:
        form |= {f"{window}_from": first, f"{window}_to": last}
    form |= changes
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in form.items()
    }


def institution_form(authority_id: int, number: int, **changes: Any) -> dict[str, Any]:
    """Give the fields of a new institution."""
    return {
        "authority_id": authority_id, "name": f"清河第{number}医院", "uscc": uscc(number),
        "kind": "HOSPITAL", "grade": "SECOND_A", "ownership": "NON_PROFIT",
        "contact_person": "宁采薇", "contact_phone": "13900000000",
        "username": f"qinghe-{number}",
    } | changes  # fmt: skip


@dataclass
class Province:
    """A province with one city, whose officers are signed in."""

    site: Site
    id: int
    city_id: int
    province: FlaskClient
    city: FlaskClient


def fresh_province(site: Site) -> Province:
    """Let the system administrator found a province and its officer a city."""
    admin = site.client("sysadmin")
    with site.session() as session:
        nation = session.scalars(
            select(Authority.id).where(Authority.level == AuthorityLevel.NATION)
        ).one()
    _ok(admin.post("/authorities/add", data={
        "parent_id": nation, "name": "山东省卫生健康委员会", "code": "370000",
    }))  # fmt: skip
    _ok(admin.post("/accounts/add", data={
        "role": "AUTHORITY", "body": "370000", "username": "shandong", "name": "孔德仁",
    }), 200)  # fmt: skip
    province_id = authority_id(site, "370000")
    province = settle(site, "shandong")
    _ok(province.post("/authorities/add", data={
        "parent_id": province_id, "name": "清河市卫生健康委员会", "code": "370900",
    }))  # fmt: skip
    _ok(province.post("/accounts/add", data={
        "role": "AUTHORITY", "body": "清河市卫生健康委员会", "username": "qinghe", "name": "孟知秋",
    }), 200)  # fmt: skip
    city = settle(site, "qinghe")
    return Province(site, province_id, authority_id(site, "370900"), province, city)


def _ok(answer: Any, status: int = 302) -> None:
    assert answer.status_code == status, text(answer)
    assert "error-summary" not in answer.text, text(answer)


def authority_id(site: Site, code: str) -> int:
    """Find an authority."""
    with site.session() as session:
        found: int = session.scalars(select(Authority.id).where(Authority.code == code)).one()
    return found


def id_of(site: Site, model: type[Any], **criteria: Any) -> int:
    """Find the id of one row."""
    with site.session() as session:
        found: int = session.scalars(select(model.id).filter_by(**criteria)).one()
    return found


def identity_id(site: Site, username: str) -> int:
    """Find the first identity of an account."""
    found = site.actor(username).identity_id
    assert found is not None
    return found


__all__ = [
    "Agency", "Cycle", "Identity", "Institution", "Province", "authority_id", "fresh_province",
    "id_of", "identity_id", "institution_form", "rules_form", "settle", "text", "uscc",
]  # fmt: skip

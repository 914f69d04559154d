"""转移 by an authority: the physician and the open case change institutions below it, and nowhere else."""

from typing import Any

import pytest
from sqlalchemy import select

from app import models as m
from app.enums import AssessmentStatus as S
from app.enums import Procedure, TransferSource
from app.operations.figures import differences
from tests.support.site import Site
from tests.views.administration import text
from tests.workflows.world import case_id

HOME = "大同市中医医院"


def _sent(site: Site, who: str, person: int, **changes: str) -> str:
    data = {"institution": HOME, "department": "内科", "reason": "机构合并", **changes}
    answer = site.client(who).post(f"/physicians/move/{person}", data=data, follow_redirects=True)
    return text(answer)


def _where(site: Site, case: int) -> tuple[Any, ...]:
    with site.session() as session:
        row = session.get_one(m.Assessment, case)
        person = row.physician
        assert not differences(session)
        return row.institution.name, person.institution.name, row.status, row.authority_path


def test_the_open_case_goes_along_and_both_sides_read_why(site: Site) -> None:
    case = case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)
    with site.session() as session:
        person = session.get_one(m.Assessment, case).physician_id
    assert "请填写转移原因" in _sent(site, "city-2", person, reason="  ")
    assert "没有该科室，现有科室" in _sent(site, "city-2", person, department="不存在科")
    assert _where(site, case)[0] == "平城区医院"

    assert "已转移到" in _sent(site, "city-2", person)
    home, own, status, path = _where(site, case)
    assert (home, own, status) == (HOME, HOME, S.AWAITING_INSTITUTION)
    assert path == site.actor("city-2").authority_path
    assert site.client("hospital").get(f"/progress/case/{case}").status_code == 404
    assert site.client("hospital-3").get(f"/progress/case/{case}").status_code == 200
    assert site.client("county").get(f"/progress/case/{case}").status_code == 404
    for who in ("hospital", "hospital-3"):
        with site.session() as session:
            house = site_institution(session, who)
            comments = session.scalars(
                select(m.TrailEntry.comment).where(
                    m.TrailEntry.action == "transfer", m.TrailEntry.institution_id == house
                )
            ).all()
        assert any("机构合并" in (comment or "") for comment in comments), who
    with site.session() as session:
        last = session.scalars(select(m.Transfer).order_by(m.Transfer.id.desc())).first()
        assert last is not None
        assert last.source is TransferSource.AUTHORITY


def site_institution(session: Any, username: str) -> int:
    return int(
        session.scalars(
            select(m.Identity.institution_id)
            .join(m.Account)
            .where(m.Account.username == username)
            .order_by(m.Identity.id)
        ).first()
    )


@pytest.mark.embedded
def test_only_within_the_own_area_and_only_by_authorities(site: Site) -> None:
    case = case_id(site, S.AWAITING_AGENCY)
    with site.session() as session:
        person = session.get_one(m.Assessment, case).physician_id
    assert "没有该名称" in _sent(site, "county", person)  # 大同市中医医院 is not below the county
    assert "没有该名称" in _sent(site, "city-2", person, institution="潞州区医院")
    assert "已在" in _sent(site, "city-2", person, institution="平城区医院")
    for who, code in (("county-3", 404), ("province-sn", 404), ("hospital", 403), ("agency", 403)):
        answer = site.client(who).post(f"/physicians/move/{person}", data={})
        assert answer.status_code == code, who
    assert _where(site, case)[0] == "平城区医院"

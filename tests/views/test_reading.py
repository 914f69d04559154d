"""Reading of personal data stands in the trail once a day, and is found by person and number."""

import pytest
from sqlalchemy import select

from app import models as m
from tests.support.site import Site

pytestmark = pytest.mark.embedded


def _case(site: Site) -> tuple[int, int, str, str]:
    with site.session() as session:
        case = session.scalars(
            select(m.Assessment)
            .where(m.Assessment.submitted_at.is_not(None), m.Assessment.institution_id == 2)
            .order_by(m.Assessment.id)
        ).first()
        assert case is not None
        person = case.physician
        return case.id, person.id, person.name, person.id_number


def _looks(site: Site) -> list[tuple[str, str, int | None]]:
    with site.session() as session:
        entries = session.scalars(
            select(m.TrailEntry).where(m.TrailEntry.action == "read").order_by(m.TrailEntry.id)
        )
        return [(one.actor_body or "", one.subject, one.physician_id) for one in entries]


def test_every_reader_is_written_down_once_a_day(site: Site) -> None:
    case, person, _name, _number = _case(site)
    county, hospital = site.client("county"), site.client("hospital")
    body = "平城区卫生健康局"
    for _look in range(2):
        assert county.get(f"/progress/case/{case}").status_code == 200
        assert county.get(f"/progress/case/{case}?step=work").status_code == 200
        assert county.get(f"/physicians/show/{person}").status_code == 200
    assert hospital.get(f"/progress/case/{case}").status_code == 200

    assert _looks(site) == [
        (body, "assessment", person),
        (body, "physician", person),
        ("平城区医院", "assessment", person),
    ]
    assert "查阅" not in county.get(f"/progress/case/{case}?step=log").text.split("操作日志")[-1]


def test_a_row_that_does_not_exist_for_the_reader_leaves_no_look(site: Site) -> None:
    case, person, _name, _number = _case(site)
    stranger = site.client("county-3")

    assert stranger.get(f"/progress/case/{case}").status_code == 404
    assert stranger.get(f"/physicians/show/{person}").status_code == 404
    assert _looks(site) == []


def test_an_auditor_finds_what_concerns_a_person_by_name_and_by_number(site: Site) -> None:
    case, _person, name, number = _case(site)
    site.client("county").get(f"/progress/case/{case}")
    auditor = site.client("auditor")

    for typed in (name, number, f" {number[:6]} {number[6:]}"):
        shown = auditor.get("/trail/list/", query_string={"physician": typed, "act": "查阅"}).text
        assert "平城区卫生健康局" in shown, typed
    shown = auditor.get("/trail/list/", query_string={"physician": "查无此人"}).text
    assert "平城区卫生健康局" not in shown
    shown = site.client("county-3").get("/trail/list/", query_string={"physician": number}).text
    assert "平城区卫生健康局" not in shown

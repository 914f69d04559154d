"""医师列表: tabs, filters, steps, new physicians, passwords and numbers, as a clerk uses them."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from app.enums import AwayReason
from app.enums import ParticipationStatus as P
from app.models import (
    Assessment,
    Department,
    Participation,
    Physician,
)
from app.periods import full_years
from app.views.clock import today
from tests.support.site import Site
from tests.views.physicians import (
    COLUMNS,
    LIST,
    close_cycles,
    counted,
    counts,
    first,
    headings,
    row_of,
    rows,
    waiting,
)


def test_the_columns_are_those_of_the_manual(shared_site: Site) -> None:
    confirmed = shared_site.client("hospital").get(f"{LIST}?tab=confirmed").text
    waiting_list = shared_site.client("hospital").get(LIST).text

    assert headings(confirmed) == ["序号", *COLUMNS, "操作"]
    assert headings(waiting_list) == ["序号", *COLUMNS, "操作"]
    away = shared_site.client("hospital").get(f"{LIST}?tab=away").text
    assert headings(away)[-4:] == ["离岗原因", "开始日期", "预计结束日期", "操作"]


def test_tabs_count_the_unconfirmed_the_confirmed_and_the_away(shared_site: Site) -> None:
    with shared_site.session("hospital") as session:
        by_status = dict(
            session.execute(
                select(Participation.status, func.count()).group_by(Participation.status)
            ).all()
        )

    html = shared_site.client("hospital").get(LIST).text

    assert counts(html) == [by_status[one] for one in (P.UNCONFIRMED, P.CONFIRMED, P.AWAY)]


def test_rows_offer_the_links_of_their_state(shared_site: Site) -> None:
    client = shared_site.client("hospital")
    away = first(shared_site, Participation.status == P.AWAY)
    draft = first(
        shared_site,
        Participation.status == P.CONFIRMED,
        Participation.assessment.has(Assessment.submitted_at.is_(None)),
    )
    sent = first(
        shared_site,
        Participation.status == P.CONFIRMED,
        Participation.assessment.has(Assessment.submitted_at.is_not(None)),
    )
    unconfirmed = waiting(shared_site)

    everybody = client.get(f"{LIST}?per_page=200").text
    confirmed = client.get(f"{LIST}?tab=confirmed&per_page=200").text

    def links(html: str, wanted: Any) -> str:
        found = [r[-1] for r in rows(html) if wanted.name in r and wanted.masked in r]
        return found[0]

    assert links(everybody, unconfirmed) == "参加 查看 重置密码 删除 离岗"
    absent = client.get(f"{LIST}?tab=away&per_page=200").text
    assert links(absent, away) == "恢复在岗 查看 重置密码 删除 修改离岗信息"
    assert links(confirmed, draft) == "取消参加 查看 重置密码"
    reason = "医师已提交报名信息，不能取消参加。如需取消，请由隶属卫生行政部门驳回。"
    assert links(confirmed, sent) == f"取消参加 （{reason}） 查看 重置密码"


def test_an_authority_reads_and_may_not_write(shared_site: Site) -> None:
    client = shared_site.client("county")
    person = waiting(shared_site)

    html = client.get(f"{LIST}?institution=平城").text

    assert headings(html)[1] == "医疗卫生机构"
    assert {row[-1] for row in rows(html)} == {"查看"}
    assert "批量参加" not in html
    assert client.get("/physicians/add").status_code == 403
    assert client.post(f"/physicians/reset/{person.physician_id}").status_code == 403


def test_another_institution_finds_nobody(shared_site: Site) -> None:
    person = waiting(shared_site)

    answer = shared_site.client("hospital-sn").get(f"/physicians/show/{person.physician_id}")
    listed = shared_site.client("hospital-sn").get(f"{LIST}?id_number={person.number}")

    assert answer.status_code == 404
    assert counts(listed.text) == [0, 0, 0]


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{} ".lower()])
def test_the_whole_id_number_finds_one_and_a_part_finds_none(
    shared_site: Site, spelling: str
) -> None:
    person = waiting(shared_site)
    client = shared_site.client("hospital")

    whole = client.get(LIST, query_string={"id_number": spelling.format(person.number)}).text
    part = client.get(LIST, query_string={"id_number": person.number[:10]}).text

    assert [row[2] for row in rows(whole)] == [person.masked] or person.masked in rows(whole)[0]
    assert len(rows(whole)) == 1
    assert counts(part) == [0, 0, 0]


def test_filters_of_department_name_age_and_registration_narrow_the_list(
    shared_site: Site,
) -> None:
    person = waiting(shared_site)
    years = full_years(person.born, today())
    client = shared_site.client("hospital")
    with shared_site.session("hospital") as session:
        expected = session.scalar(
            select(func.count(Participation.id))
            .join(Physician, Physician.id == Participation.physician_id)
            .where(
                Participation.status == P.UNCONFIRMED,
                Physician.department_id == person.department_id,
            )
        )

    in_unit = client.get(f"{LIST}?department={person.department_id}").text
    exact = client.get(f"{LIST}?name={person.name}&age_from={years}&age_to={years}").text
    never = client.get(f"{LIST}?name={person.name}&age_from={years + 1}&age_to={years + 1}").text
    future = (today() + timedelta(days=1)).isoformat()
    unborn = client.get(f"{LIST}?first_registered_from={future}").text

    assert counts(in_unit)[0] == expected
    assert person.masked in row_of(exact, person.name)
    assert counts(never)[0] == 0
    assert counts(unborn) == [0, 0, 0]


def test_sorting_by_age_puts_the_youngest_first(shared_site: Site) -> None:
    html = shared_site.client("hospital").get(f"{LIST}?tab=confirmed&sort=age&per_page=50").text

    ages = [int(row[3]) for row in rows(html)]
    assert ages == sorted(ages)
    assert ages[0] < ages[-1]


@pytest.mark.parametrize("per_page", [1, 3, 60])
def test_a_page_costs_six_statements_however_many_rows(site: Site, per_page: int) -> None:
    client = site.client("hospital")
    client.get(LIST)  # the session row is written once, and the roles are cached
    url = f"{LIST}?tab=confirmed&per_page={per_page}"
    _crowd(site, 60)

    with counted() as statements:
        html = client.get(url).text

    assert len(rows(html)) == per_page
    assert len(statements) <= 6, statements


def _crowd(site: Site, wanted: int) -> None:
    """Confirm people until the hospital has ``wanted`` in 已确认参加."""
    actor = site.actor("hospital")
    with site.session() as session:
        ids = session.scalars(
            select(Physician.id)
            .join(Participation, Participation.physician_id == Physician.id)
            .where(
                Physician.province_id == actor.province_id,
                Physician.institution_id != actor.institution_id,
                Participation.status == P.CONFIRMED,
            )
            .limit(wanted)
        ).all()
        unit = session.scalar(
            select(Department.id).where(Department.institution_id == actor.institution_id)
        )
        moved = {"institution_id": actor.institution_id}
        session.execute(
            update(Physician).where(Physician.id.in_(ids)).values(**moved, department_id=unit)
        )
        for model in (Participation, Assessment):
            session.execute(update(model).where(model.physician_id.in_(ids)).values(**moved))
        session.commit()


def test_confirming_and_withdrawing_moves_between_the_tabs(site: Site) -> None:
    client = site.client("hospital")
    person = waiting(site)
    before = counts(client.get(LIST).text)

    client.post(f"/steps/participation/{person.id}/confirm")
    confirmed = counts(client.get(LIST).text)
    client.post(f"/steps/participation/{person.id}/withdraw")

    assert confirmed == [before[0] - 1, before[1] + 1, before[2]]
    assert counts(client.get(LIST).text) == before


def test_the_bulk_step_confirms_whom_the_filter_finds(site: Site) -> None:
    client = site.client("hospital")
    person = waiting(site)
    html = client.get(f"{LIST}?name={person.name}").text
    url = re.search(r'formaction="(/steps/participation/bulk/[^"]+)"', html)
    assert url is not None

    answer = client.post(
        url[1].replace("&amp;", "&"),
        data={"scope": "filter", "tab": "unconfirmed", "name": person.name},
        headers={"Referer": f"http://localhost{LIST}"},
        follow_redirects=True,
    )

    assert "“参加”成功" in answer.text
    with site.session("hospital") as session:
        assert session.get(Participation, person.id).status is P.CONFIRMED


def test_leaving_asks_for_reason_and_day_and_keeps_what_was_typed(site: Site) -> None:
    client = site.client("hospital")
    person = waiting(site)
    form = client.get(f"/physicians/away/{person.id}").text
    step = f"/steps/participation/{person.id}/leave"
    back = f"/physicians/away/{person.id}"
    assert f'action="{step}"' in form

    refused = client.post(
        step, data={"away_reason": "AID", "away_from": "2026-02-30", "back": back},
        follow_redirects=True,
    )  # fmt: skip
    client.post(step, data={"away_reason": "STUDY", "away_from": "2026-05-04"})

    assert "离岗原因或日期不正确，请重新填写。" in refused.text
    assert re.search(r'selected[^>]*value="AID"|value="AID"[^>]*selected', refused.text)
    assert 'value="2026-02-30"' in refused.text
    with site.session("hospital") as session:
        row = session.get(Participation, person.id)
        assert (row.status, row.away_reason, row.away_from) == (
            P.AWAY, AwayReason.STUDY, date(2026, 5, 4),
        )  # fmt: skip
    absent = client.get(f"{LIST}?tab=away&per_page=200").text
    assert "进修" in row_of(absent, person.name)
    assert 'value="2026-05-04"' in client.get(back).text  # to be changed

    client.post(
        f"/steps/participation/{person.id}/change_absence",
        data={"away_reason": "RETIRED", "away_from": "2026-05-04"},
    )
    absent = client.get(f"{LIST}?tab=away&per_page=200").text
    assert "返聘" in row_of(absent, person.name)
    assert "恢复在岗" not in row_of(absent, person.name)


def test_without_an_open_cycle_the_steps_are_closed_with_the_reason(site: Site) -> None:
    close_cycles(site)

    html = site.client("hospital").get(LIST).text

    reason = "本省当前没有进行中的考核周期，暂不能确认参加考核。"
    assert {row[-1] for row in rows(html)} == {f"参加 （{reason}） 查看 重置密码 删除"}
    assert headings(html) == ["序号", *COLUMNS, "操作"]
    assert site.client("hospital").get("/physicians/away/1").status_code in (404, 409)

"""科室信息: created, edited, stopped and deleted by the hospital, read by the authorities."""

import re
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from app.enums import BodyStatus
from app.models import Department, Institution, Subject
from tests.support.site import Site

LIST = "/departments/list/"


def rows(html: str) -> list[list[str]]:
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return [
        [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in
         re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]  # fmt: skip


def row_of(html: str, name: str) -> list[str]:
    return next(cells for cells in rows(html) if cells[1] == name)


def department(site: Site, name: str) -> Any:
    with site.session("hospital") as session:
        return session.scalars(select(Department.id).where(Department.name == name)).one_or_none()


def subjects(site: Site, *codes: str) -> list[str]:
    with site.session() as session:
        found = session.scalars(
            select(Subject.id).where(Subject.code.in_(codes)).order_by(Subject.code)
        )
        return [str(pk) for pk in found]


def test_the_list_shows_every_subject_and_the_steps_of_each_state(shared_site: Site) -> None:
    html = shared_site.client("hospital").get(LIST).text

    assert row_of(html, "妇产科")[1:] == [
        "妇产科", "妇产科、妇女保健科", "正常", "停用 编辑 删除 移动医师 变更记录",
    ]  # fmt: skip
    assert row_of(html, "妇科")[1:] == [
        "妇科",
        "妇产科",
        "已停用",
        "启用 编辑 删除 移动医师 变更记录",
    ]


@pytest.mark.parametrize("per_page", [1, 3, 9])
def test_subject_names_cost_no_statement_per_row(site: Site, per_page: int) -> None:
    client = site.client("hospital")
    client.get(LIST)  # the session row is written once, and the roles are cached
    statements: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        html = client.get(f"{LIST}?per_page={per_page}").text
    finally:
        event.remove(Engine, "before_cursor_execute", note)

    assert len(rows(html)) == per_page
    assert len(statements) <= 5, statements


def test_the_form_offers_the_official_list_with_parents(shared_site: Site) -> None:
    html = shared_site.client("hospital").get("/departments/add").text

    assert "<h1>创建科室</h1>" in html
    assert re.search(r"<select[^>]*js-multi[^>]*>", html)
    assert "内科 - 呼吸内科专业" in html


def test_a_department_is_created_with_several_subjects(site: Site) -> None:
    client = site.client("hospital")

    answer = client.post(
        "/departments/add", data={"name": "呼吸科", "subjects": subjects(site, "03.01", "03")}
    )

    assert answer.status_code == 302
    assert row_of(client.get(LIST).text, "呼吸科")[2:4] == ["内科、呼吸内科专业", "正常"]


def test_a_taken_name_is_refused_beside_the_field_and_stays_typed(site: Site) -> None:
    answer = site.client("hospital").post(
        "/departments/add", data={"name": " 妇科 ", "subjects": subjects(site, "05")}
    )

    message = "科室“妇科”已存在，请更换名称，或直接编辑、启用原有科室。"
    assert f'id="name-error">{message}<' in answer.text
    assert re.search(r"selected[^>]*>妇产科<", answer.text)


def test_editing_changes_name_and_subjects(site: Site) -> None:
    client = site.client("hospital")
    pk = department(site, "妇产科")
    form = client.get(f"/departments/edit/{pk}").text
    version = re.search(r'name="version"[^>]*value="(\d+)"', form)
    assert version is not None

    client.post(
        f"/departments/edit/{pk}",
        data={"name": "产科", "subjects": subjects(site, "05.02"), "version": version[1]},
    )

    assert row_of(client.get(LIST).text, "产科")[2] == "产科专业"


def test_a_department_changed_meanwhile_is_not_overwritten(site: Site) -> None:
    client = site.client("hospital")
    pk = department(site, "妇产科")
    chosen = subjects(site, "05")
    client.post(f"/departments/edit/{pk}", data={"name": "产科", "subjects": chosen, "version": 1})

    answer = client.post(
        f"/departments/edit/{pk}", data={"name": "产前科", "subjects": chosen, "version": 1}
    )

    assert "该科室已被他人修改" in answer.text
    assert 'value="产前科"' in answer.text
    assert department(site, "产科") == pk


def test_stopping_and_starting_turn_the_button(site: Site) -> None:
    client = site.client("hospital")
    pk = department(site, "儿科")

    client.post(f"/steps/department/{pk}/stop")
    stopped = row_of(client.get(LIST).text, "儿科")[3:]
    client.post(f"/steps/department/{pk}/start")

    assert stopped == ["已停用", "启用 编辑 删除 移动医师 变更记录"]
    assert row_of(client.get(LIST).text, "儿科")[3:] == ["正常", "停用 编辑 删除 移动医师 变更记录"]


def test_a_department_with_physicians_is_not_deleted_and_an_empty_one_is(site: Site) -> None:
    client = site.client("hospital")
    used, empty = department(site, "儿科"), department(site, "妇科")

    refused = client.post(f"/departments/delete/{used}", follow_redirects=True).text
    done = client.post(f"/departments/delete/{empty}", follow_redirects=True).text

    assert re.search(
        r"该科室下已有医师\d+名，不能删除；可先停用该科室，再创建正确的科室。", refused
    )
    assert "科室“妇科”已删除。" in done
    assert department(site, "儿科") == used
    assert department(site, "妇科") is None
    assert client.get(f"/departments/delete/{used}").status_code == 405


def test_an_authority_only_reads(shared_site: Site) -> None:
    client = shared_site.client("county")
    pk = department(shared_site, "儿科")

    html = client.get(f"{LIST}?institution=平城区医院&name=儿科").text

    assert rows(html) == [["1", "平城区医院", "儿科", "儿科", "正常", "查看"]]
    assert client.get(f"/departments/show/{pk}").status_code == 200
    assert client.get(f"/departments/edit/{pk}").status_code == 403
    assert client.post(f"/departments/delete/{pk}").status_code == 403


def test_another_hospitals_department_does_not_exist(site: Site) -> None:
    pk = department(site, "儿科")
    stranger = site.client("hospital-sn")

    assert stranger.get(f"/departments/edit/{pk}").status_code == 404
    assert stranger.post(f"/departments/delete/{pk}").status_code == 404
    assert stranger.post(f"/steps/department/{pk}/stop").status_code == 404
    with site.session() as session:
        row = session.get(Department, pk)
        assert row.status is BodyStatus.ACTIVE
        assert session.get(Institution, row.institution_id).name == "平城区医院"

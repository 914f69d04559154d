"""科室, 医疗卫生机构 and 执业行为记录 through their pages, and updates with their diff."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus
from app.models import Assessment, Department, Institution, Physician
from tests.support.site import Site
from tests.views.test_roster_import import confirm, text_of, upload

DEPARTMENTS = "科室,关联诊疗科目\n影像中心,医学影像科\n内科,{}\n"


def sent(client: Any, place: str, content: str, name: str = "表.csv") -> str:
    answer = client.post(place, data={"file": (io.BytesIO(content.encode()), name)})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.location)


def test_a_department_is_added_and_one_changed_after_its_diff_was_shown(site: Site) -> None:
    client = site.client("hospital")
    with site.session("hospital") as session:
        stored = session.scalars(select(Department).where(Department.name == "内科")).one()
        before = stored.subject_names
    report = sent(client, "/department-import/", DEPARTMENTS.format("儿科"))

    words = text_of(client.get(f"{report}?tab=changed"))
    assert f"关联诊疗科目 {before} 儿科 可更新" in words
    assert "只新增，不改动已存在的内容" in words

    answer = client.post(f"{report}/confirm", data={"mode": "all", "existing": "update"})
    assert answer.status_code == 303
    words = text_of(client.get(report))
    assert "导入完成：新增1行，更新1行，已存在未作改动0行，未导入0行。" in words
    assert "本文件已导入：新增1行，更新1行。" in words
    assert "文件中的内容均已存在，无需导入，未作任何改动。" in words


def test_what_exists_is_kept_when_no_update_is_chosen(site: Site) -> None:
    client = site.client("hospital")
    report = sent(client, "/department-import/", DEPARTMENTS.format("儿科"))

    confirm(client, report, "all")

    assert "新增1行，更新0行，已存在未作改动1行" in text_of(client.get(report))


def test_an_authority_imports_an_institution_below_itself(site: Site) -> None:
    client = site.client("province")
    with site.session("province") as session:
        known = session.scalars(select(Institution).order_by(Institution.id)).first()
        line = f"{known.name}改,{known.uscc},,{known.contact_person or '甲'}"
    report = sent(
        client, "/institution-import/", f"机构名称,统一社会信用代码,隶属行政机构,联系人\n{line}\n"
    )

    words = text_of(client.get(report))

    assert "机构名称" in words
    assert "改 可更新" in words
    confirm(client, report, "all")
    assert "更新0行，已存在未作改动1行" in text_of(client.get(report))


def test_a_record_comes_into_the_case(site: Site) -> None:
    client = site.client("hospital")
    with site.session("hospital") as session:
        found = session.scalars(
            select(Physician)
            .join(Assessment, Assessment.physician_id == Physician.id)
            .where(Assessment.status == AssessmentStatus.AWAITING_INSTITUTION)
        ).first()
        number = found.id_number
        line = f"{found.name},{number},良好,某医院,2024-01-02,通报表扬"
    report = sent(
        client,
        "/conduct-import/",
        f"姓名,证件号码,记录类型,医疗卫生机构,结案时间,处理结果\n{line}\n",
    )

    assert number not in client.get(report).text
    confirm(client, report, "all")

    assert "导入完成：新增1行" in text_of(client.get(report))


@pytest.mark.parametrize(
    ("username", "page", "button", "place"),
    [
        ("hospital", "/departments/list/", "批量导入科室", "/department-import/"),
        ("hospital", "/physicians/list/", "批量导入医师", "/roster-import/"),
        ("province", "/institutions/list/", "批量导入医疗卫生机构", "/institution-import/"),
    ],
)
def test_every_list_leads_to_its_import(
    shared_site: Site, username: str, page: str, button: str, place: str
) -> None:
    client = shared_site.client(username)

    assert button in client.get(page).text
    assert "下载模板" in client.get(place).text
    assert client.get(f"{place}template").data.startswith(b"PK")


def test_an_upload_of_another_kind_does_not_exist(site: Site) -> None:
    client = site.client("hospital")
    report = sent(client, "/department-import/", DEPARTMENTS.format("内科"))

    assert client.get(report.replace("department", "roster")).status_code == 404
    assert upload(client, b"x", "a.csv").status_code == 200

"""一般程序审核 and 简易程序审核 as the institution uses them (manual 1.6, 1.7)."""

from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.enums import AssessmentStatus as S
from app.enums import Procedure
from app.models import Assessment, Attachment, Institution
from tests.support.site import Site
from tests.views.casebrowser import (
    buttons,
    headings,
    page,
    person,
    rows,
    section,
    statements,
    text,
)
from tests.workflows.world import AT, HOSPITAL, case_id

pytestmark = pytest.mark.embedded  # forms and pages: the statements below them have tests on both

GENERAL, SIMPLIFIED = "/review/general", "/review/simplified"
COLUMNS = [
    "序号",
    "科室",
    "姓名",
    "证件号码",
    "执业类别",
    "医师级别",
    "考核程序",
    "首次注册时间",
    "提交时间",
    "操作",
]


def waiting(site: Site, procedure: Procedure) -> list[int]:
    with site.session() as session:
        statement = (
            select(Assessment.id)
            .join(Institution, Institution.id == Assessment.institution_id)
            .where(
                Institution.name == HOSPITAL,
                Assessment.status == S.AWAITING_INSTITUTION,
                Assessment.procedure == procedure,
            )
            .order_by(Assessment.submitted_at, Assessment.id)
        )
        return list(session.scalars(statement))


def general(site: Site) -> int:
    return case_id(site, S.AWAITING_INSTITUTION, Procedure.GENERAL)


def simplified(site: Site) -> int:
    return case_id(site, S.AWAITING_INSTITUTION, Procedure.SIMPLIFIED)


# --- the list ---


@pytest.mark.parametrize(
    ("base", "procedure", "name"),
    [
        (GENERAL, Procedure.GENERAL, "一般程序审核"),
        (SIMPLIFIED, Procedure.SIMPLIFIED, "简易程序审核"),
    ],
)
def test_the_list_shows_exactly_what_waits_in_the_order_of_submission(
    shared_site: Site, base: str, procedure: Procedure, name: str
) -> None:
    html = page(shared_site.client("hospital"), f"{base}/list/?per_page=200")

    assert f"<h1>{name}</h1>" in html
    assert headings(html) == COLUMNS
    expected = [person(shared_site, pk) for pk in waiting(shared_site, procedure)]
    assert expected
    assert [(r[1], r[2], r[3], r[6], r[9]) for r in rows(html)] == [
        (p.department.name, p.name, p.id_masked, procedure.value, "审核") for p in expected
    ]


def test_the_full_number_is_on_no_list_nor_page(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), general(shared_site)
    number = person(shared_site, pk).id_number

    for url in (f"{GENERAL}/list/", f"{GENERAL}/case/{pk}", f"{GENERAL}/case/{pk}?step=work"):
        assert number not in page(client, url)


def test_filters_find_by_department_name_number_and_category(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), simplified(shared_site)
    who = person(shared_site, pk)
    number = who.id_number

    for query in (
        f"department={who.department_id}&name={quote(who.name)}",
        f"id_number={number}",
        f"id_number=%20{number.lower()}",
        f"category={who.category.name}&id_number={number}",
    ):
        found = rows(page(client, f"{SIMPLIFIED}/list/?{query}"))
        assert [row[2] for row in found] == [who.name], query
    for query in (f"id_number={number[:17]}", f"id_number={number}&department=0", "name=%25"):
        assert rows(page(client, f"{SIMPLIFIED}/list/?{query}")) == [], query


def test_other_institutions_and_roles_see_nothing_of_it(shared_site: Site) -> None:
    pk = general(shared_site)

    html = page(shared_site.client("hospital-4"), f"{GENERAL}/list/?per_page=200")
    for own in waiting(shared_site, Procedure.GENERAL):
        assert f"{GENERAL}/case/{own}" not in html
    page(shared_site.client("hospital-4"), f"{GENERAL}/case/{pk}", 404)
    for username in ("agency", "province", "proctor", "sysadmin"):
        page(shared_site.client(username), f"{GENERAL}/list/", 403)
        page(shared_site.client(username), f"{GENERAL}/case/{pk}", 403)


def test_a_case_of_the_other_procedure_is_not_here(shared_site: Site) -> None:
    client = shared_site.client("hospital")

    page(client, f"{GENERAL}/case/{simplified(shared_site)}", 404)
    page(client, f"{SIMPLIFIED}/case/{general(shared_site)}", 404)


def test_a_list_costs_six_statements_and_a_page_less_than_sixteen(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), simplified(shared_site)
    page(client, f"{SIMPLIFIED}/list/")
    page(client, f"{SIMPLIFIED}/case/{pk}")  # the first look of a day is written down
    for url, most in (
        (f"{SIMPLIFIED}/list/?per_page=1", 6),
        (f"{SIMPLIFIED}/list/?per_page=200", 6),
        (f"{SIMPLIFIED}/case/{pk}?step=info", 15),
        (f"{SIMPLIFIED}/case/{pk}?step=work", 15),
        (f"{SIMPLIFIED}/case/{pk}?step=log", 15),
    ):
        with statements(shared_site) as sent:
            page(client, url)
        assert len(sent) <= most, (url, sent)


# --- the page ---


def test_the_steps_lead_through_the_page(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), general(shared_site)

    assert [
        [b for b in buttons(page(client, f"{GENERAL}/case/{pk}?step={step}")) if b in ALL_TURNS]
        for step in ("info", "work", "log")
    ] == [["返回", "下一步"], ["返回", "上一步", "下一步"], ["返回", "上一步"]]


ALL_TURNS = ("返回", "上一步", "下一步")


def test_the_first_step_shows_who_it_is(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), general(shared_site)
    who = person(shared_site, pk)
    html = page(client, f"{GENERAL}/case/{pk}")

    basic = section(html, "基本信息")
    for word in (who.name, who.sex.value, "居民身份证", who.id_masked, str(who.birth_date)):
        assert word in basic
    practice = section(html, "执业信息")
    for word in ("科室", "从事专业", "职称", "取得时间", "职务", "规范化培训", "执业范围"):
        assert word in practice
    assert HOSPITAL in section(html, "执业经历")
    assert "驳回" in buttons(html)


def test_the_second_step_shows_work_ethics_conduct_and_the_form(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), simplified(shared_site)
    html = page(client, f"{SIMPLIFIED}/case/{pk}?step=work")

    assert "门急诊人次" in section(html, "工作业绩")
    assert "廉洁行医" in section(html, "职业道德自评")
    assert "执业5年以上" in section(html, "申请材料")
    assert len(section(html, "个人述职")) > 500
    assert "获评市级优秀医师" in section(html, "执业行为记录")
    assert "暂无数据" in section(html, "多执业机构其它意见")
    assert "医疗卫生机构评定意见" in text(html)
    assert html.count('placeholder="请输入不合格理由"') == 2
    assert {"提交", "驳回"} <= set(buttons(html))


def test_attachments_are_offered_for_download(site: Site) -> None:
    pk = simplified(site)
    with site.session() as session:
        case = session.get_one(Assessment, pk)
        scope = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")
        row = Attachment(
            filename="获奖证书<1>.pdf",
            content_type="application/pdf",
            size=4,
            sha256="0" * 64,
            content=b"%PDF",
            uploaded_at=AT,
            participation_id=case.participation_id,
            **{name: getattr(case, name) for name in scope},
        )
        session.add(row)
        session.commit()
        url = f"/attachments/{row.id}"
    html = page(site.client("hospital"), f"{SIMPLIFIED}/case/{pk}?step=work")

    assert f'href="{url}">获奖证书&lt;1&gt;.pdf</a>' in html


def test_whoever_may_can_ask_for_the_full_number_with_a_reason(shared_site: Site) -> None:
    pk = general(shared_site)
    html = page(shared_site.client("hospital"), f"{GENERAL}/case/{pk}")

    assert f'/reveal/{person(shared_site, pk).id}" data-action="reveal"' in html
    assert 'data-reason="查看完整号码的原因"' in html


def test_a_general_case_shows_no_application_material(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), general(shared_site)
    html = page(client, f"{GENERAL}/case/{pk}?step=work")

    assert "<h2>个人述职</h2>" not in html
    assert "病历书写不规范" in section(html, "执业行为记录")


def test_the_third_step_tells_what_happened(shared_site: Site) -> None:
    client, pk = shared_site.client("hospital"), general(shared_site)
    words = text(page(client, f"{GENERAL}/case/{pk}?step=log"))

    assert "未确认参加 → 已确认参加" in words
    assert "待填报信息 → 待医疗机构审核" in words


def test_the_place_in_the_queue_and_the_neighbours_are_shown(shared_site: Site) -> None:
    client = shared_site.client("hospital")
    queue = waiting(shared_site, Procedure.SIMPLIFIED)
    assert len(queue) > 2
    for number, pk in enumerate(queue, start=1):
        html = page(client, f"{SIMPLIFIED}/case/{pk}")
        assert f"第 {number} / {len(queue)} 件" in text(html)
        shown = [b for b in buttons(html) if b in ("上一件", "下一件")]
        assert shown == (["上一件"] if number > 1 else []) + (
            ["下一件"] if number < len(queue) else []
        )
        if number < len(queue):
            assert f"{SIMPLIFIED}/case/{queue[number]}?" in html


def test_the_next_case_of_the_queue_opens_by_itself(site: Site) -> None:
    first, second, *_others = waiting(site, Procedure.SIMPLIFIED)
    client = site.client("hospital")
    work = client.get(f"{SIMPLIFIED}/case/{first}?step=work").text
    assert f'name="next" value="{SIMPLIFIED}/next/{first}"' in work

    passed = {"work_verdict": "PASS", "ethics_verdict": "PASS"}
    step = f"/steps/assessment/{first}/institution_submit"
    answer = client.post(step, data={**passed, "next": f"{SIMPLIFIED}/next/{first}"})
    assert client.get(answer.location).location == f"{SIMPLIFIED}/case/{second}?step=info"


def test_the_last_case_leads_to_the_first_and_an_empty_queue_to_the_list(site: Site) -> None:
    ids = waiting(site, Procedure.SIMPLIFIED)
    client = site.client("hospital")
    assert client.get(f"{SIMPLIFIED}/next/{ids[-1]}").location.endswith(f"/case/{ids[0]}?step=info")

    with site.session() as session:
        for one in ids[1:]:
            session.get_one(Assessment, one).procedure = Procedure.GENERAL
        session.commit()
    answer = client.get(f"{SIMPLIFIED}/next/{ids[0]}")
    assert answer.location == f"{SIMPLIFIED}/list/"
    assert "本队列已没有其他待处理的医师。" in client.get(answer.location).text


def test_the_lists_filter_goes_along_through_the_queue(site: Site) -> None:
    ids = waiting(site, Procedure.SIMPLIFIED)
    client = site.client("hospital")
    with site.session() as session:
        names = [session.get_one(Assessment, one).physician.name for one in ids]
    asked = f"name={quote(names[-1])}"
    alone = names.count(names[-1])

    listed = client.get(f"{SIMPLIFIED}/list/?{asked}").text
    assert f"{SIMPLIFIED}/case/{ids[-1]}?step=info&amp;{asked}" in listed
    opened = text(client.get(f"{SIMPLIFIED}/case/{ids[-1]}?step=info&{asked}").text)
    assert f"/ {alone} 件" in opened
    assert (
        client.get(f"{SIMPLIFIED}/next/{ids[-1]}?{asked}").location == f"{SIMPLIFIED}/list/?{asked}"
    )


def test_going_on_costs_the_same_however_long_the_queue_is(site: Site) -> None:
    ids = waiting(site, Procedure.SIMPLIFIED)
    client = site.client("hospital")
    url = f"{SIMPLIFIED}/next/{ids[0]}"
    client.get(url)
    with statements(site) as sent:
        client.get(url)
    assert len(sent) <= 5
    assert not any("JOIN physician" in one and "LIMIT" in one for one in sent)


def test_a_note_leads_back_within_the_lists_filter(site: Site) -> None:
    (case, *_others) = waiting(site, Procedure.SIMPLIFIED)
    client = site.client("hospital")
    asked = "category=CLINICAL"
    note = f"{SIMPLIFIED}/case/{case}/notes?{asked}"

    assert note in client.get(f"{SIMPLIFIED}/case/{case}?step=work&{asked}").text
    assert client.post(note, data={}).location == f"{SIMPLIFIED}/case/{case}?step=work&{asked}"

"""历史考核结果查询: the manual's columns, why a result is what it is, the notice, and receipt (manual 1.10)."""

from sqlalchemy import select

from app.enums import Verdict
from app.models import Account, Conclusion, Identity, Institution
from app.security.actor import unscoped
from tests.documents.printed import pages
from tests.support.site import Site
from tests.views.casebrowser import headings, text
from tests.workflows.world import HOSPITAL

COLUMNS = [
    "考核周期", "姓名", "证件号码", "执业类别", "考核程序", "考核状态", "免考状态", "考核结果",
]  # fmt: skip


def somebody(site: Site, result: Verdict) -> tuple[int, str]:
    """Give a conclusion of the hospital, and the account of its physician."""
    with site.session() as session, unscoped("a test looks"):
        row = session.execute(
            select(Conclusion.id, Account.username)
            .join(Institution, Institution.id == Conclusion.institution_id)
            .join(Identity, Identity.physician_id == Conclusion.physician_id)
            .join(Account, Account.id == Identity.account_id)
            .where(
                Institution.name == HOSPITAL,
                Conclusion.result == result,
                Conclusion.assessment_id.is_not(None),
            )
        ).first()
        assert row is not None
        return row[0], row[1]


def received(site: Site, pk: int) -> bool:
    with site.session() as session, unscoped("a test looks"):
        return session.get_one(Conclusion, pk).received_at is not None


def test_the_columns_are_the_manuals(site: Site) -> None:
    html = site.client("hospital").get("/history/list/").text
    shown = headings(html)
    assert [word for word in shown if word in COLUMNS] == COLUMNS
    assert "查看" in text(html)


def test_a_result_is_explained_by_ground_article_and_fact(site: Site) -> None:
    pk, _account = somebody(site, Verdict.FAIL)
    told = text(site.client("hospital").get(f"/history/result/{pk}").text)
    for word in ("结果依据", "管理办法", "不合格", "备案状态"):
        assert word in told


def test_the_notice_says_the_result_why_and_what_may_be_done(site: Site) -> None:
    pk, _account = somebody(site, Verdict.FAIL)
    answer = site.client("hospital").get(f"/history/result/{pk}/notice")
    assert answer.content_type == "application/pdf"
    told = "".join(pages(answer.data)).replace("\n", "")
    for word in ("考核结果通知书", "不合格", "30日内", "复核申请", "医师法第四十二条"):
        assert word in told


def test_only_the_physicians_own_look_is_receipt(site: Site) -> None:
    pk, account = somebody(site, Verdict.PASS)
    site.client("hospital").get(f"/history/result/{pk}")
    site.client("province").get(f"/history/result/{pk}")
    assert not received(site, pk)
    assert site.client(account).get(f"/history/result/{pk}").status_code == 200
    assert received(site, pk)


def test_a_physician_objects_once_and_with_a_reason(site: Site) -> None:
    pk, account = somebody(site, Verdict.PASS)
    client = site.client(account)
    answer = client.post(f"/objections/ask/{pk}", data={"comment": " "}, follow_redirects=True)
    assert "请填写复核理由" in text(answer.text)
    answer = client.post(f"/objections/ask/{pk}", data={"comment": "有误"}, follow_redirects=True)
    assert "答复期限为" in text(answer.text)
    answer = client.post(f"/objections/ask/{pk}", data={"comment": "有误"}, follow_redirects=True)
    assert "正在等待考核机构答复" in text(answer.text)


def test_the_whole_case_comes_as_a_form(site: Site) -> None:
    pk, _account = somebody(site, Verdict.PASS)
    client = site.client("hospital")
    case = client.get(f"/history/result/{pk}/case").location
    answer = client.get(f"{case}?print=pdf")
    assert answer.content_type == "application/pdf"
    told = "".join(pages(answer.data)).replace("\n", "")
    for word in ("医师定期考核表", "基本信息", "工作业绩", "评定意见", "结果依据", "操作日志"):
        assert word in told


def test_the_summary_counts_what_the_lists_show(site: Site) -> None:
    client = site.client("province")
    html = client.get("/result-summary/?of_cycle=02").text
    told = text(html)
    for word in ("执业类别", "医师级别", "考核程序", "考核机构", "医疗卫生机构", "置信区间"):
        assert word in told
    with site.session() as session, unscoped("a test looks"):
        rows = session.scalars(
            select(Conclusion).where(Conclusion.cycle_label == "02", Conclusion.province_id == 2)
        ).all()
        passed = sum(row.result is Verdict.PASS for row in rows)
    assert f"合计 {len(rows)} {passed} {len(rows) - passed}" in told
    assert client.get("/result-summary/file/xlsx?of_cycle=02").status_code == 200
    answer = client.get("/result-summary/file/pdf?of_cycle=02")
    assert "医师定期考核结果汇总表" in "".join(pages(answer.data))


def test_the_physicians_first_page_leads_to_the_result(site: Site) -> None:
    pk, account = somebody(site, Verdict.FAIL)
    html = site.client(account).get("/").text
    assert f'href="/history/result/{pk}"' in html
    assert "查看考核结果" in text(html)

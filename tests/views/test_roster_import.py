"""批量导入医师 through the page, as the clerk of a hospital does it."""

import html
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.enums import AccountState, ImportKind
from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from app.models import Account, Department, Institution, Physician, RosterUpload
from app.operations import roster_uploads
from app.views.clock import now
from tests.support.site import Site

DATA = Path(__file__).parents[1] / "data"
GOOD, MESSY = "roster_changzhi_120.xlsx", "roster_pingcheng_messy.xlsx"


@pytest.fixture
def clerk(site: Site) -> FlaskClient:
    """The new hospital's clerk, past the first password."""
    with site.session() as session:
        found = session.scalars(select(Account).where(Account.username == "hospital-new")).one()
        found.state = AccountState.ACTIVE
        session.commit()
    return site.client("hospital-new")


def upload(client: FlaskClient, content: bytes, name: str) -> Any:
    answer = client.post("/roster-import/", data={"file": (io.BytesIO(content), name)})
    answer.request.environ["wsgi.input"].close()  # a large body lies in a file of the client's
    return answer


def uploaded(client: FlaskClient, name: str) -> str:
    """Upload a file of the test data; return the report's URL."""
    answer = upload(client, (DATA / name).read_bytes(), name)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.location)


def confirm(client: FlaskClient, report: str, mode: str, *, departments: bool = True) -> Any:
    ticked = {"create_departments": "y"} if departments else {}
    return client.post(f"{report}/confirm", data={"mode": mode, **ticked})


def text_of(answer: Any) -> str:
    """The words of a page, without its markup and the space that comes from it."""
    main = answer.text[answer.text.find("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def count(site: Site, model: Any, username: str) -> int:
    with site.session(username) as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def test_the_page_offers_the_template_and_the_upload(shared_site: Site) -> None:
    answer = shared_site.client("hospital").get("/roster-import/")

    assert answer.status_code == 200
    assert "<h1>批量导入医师</h1>" in answer.text
    words = text_of(answer)
    assert "下载模板" in words
    assert "上传并预检" in words
    assert 'type="file"' in answer.text


def test_the_template_has_the_columns_of_a_roster(shared_site: Site) -> None:
    answer = shared_site.client("hospital").get("/roster-import/template")

    assert "医师导入模板.xlsx" in unquote(answer.headers["Content-Disposition"])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [str(cell.value).rstrip("*") for cell in sheet[3]] == [
        column.header for column in PHYSICIAN_COLUMNS
    ]


def test_the_new_hospital_imports_its_roster_and_its_departments(
    site: Site, clerk: FlaskClient
) -> None:
    report = uploaded(clerk, GOOD)
    words = text_of(clerk.get(report))
    assert "可导入 120行 已存在 0行，未作改动 有误 0行 缺少科室 10个" in words
    assert "骨科 创建时关联诊疗科目：骨科专业" in words
    assert "影像科 没有同名的诊疗科目，创建后请到科室信息中补充" in words
    assert count(site, Physician, "hospital-new") == 0

    answer = confirm(clerk, report, "all")

    assert (answer.status_code, answer.location) == (303, report)
    words = text_of(clerk.get(report))
    assert "导入完成：新增医师120名，已存在未作改动0行，未导入0行。" in words
    assert "科室影像科尚未关联诊疗科目" in words
    assert "查看医师列表" in words
    assert count(site, Physician, "hospital-new") == 120
    assert count(site, Department, "hospital-new") == 10


def test_the_same_file_again_changes_nothing_and_says_so(site: Site, clerk: FlaskClient) -> None:
    confirm(clerk, uploaded(clerk, GOOD), "all")

    again = uploaded(clerk, GOOD)

    words = text_of(clerk.get(again))
    assert "可导入 0行 已存在 120行，未作改动 有误 0行" in words
    assert "名单中的医师均已存在，无需导入，未作任何改动。" in words
    assert "内容相同的文件曾于" in words
    assert "确认导入</button>" not in clerk.get(again).text
    confirm(clerk, again, "all")
    assert "新增医师0名，已存在未作改动120行" in text_of(clerk.get(again))
    assert count(site, Physician, "hospital-new") == 120


def test_the_report_names_row_column_content_and_reason(shared_site: Site) -> None:
    client = shared_site.client("hospital")

    words = text_of(client.get(uploaded(client, MESSY)))

    assert "可导入 40行 已存在 0行，未作改动 有误 14行" in words
    assert "执业证取得时间 2019-02-30 日期“2019-02-30”不存在，请核对年、月、日" in words
    assert "与本文件第4行的证件号码重复，同一医师只能填写一行" in words
    assert not re.search(r"\d{17}[\dX]", words)


def test_the_good_rows_are_listed_in_a_tab_of_their_own(shared_site: Site) -> None:
    client = shared_site.client("hospital")
    report = uploaded(client, MESSY)

    words = text_of(client.get(f"{report}?tab=new"))

    assert words.count("执业医师 ") + words.count("执业助理医师 ") == 40
    assert "黄娜" in words
    assert client.get(f"{report}?tab=x&page=99999999").status_code == 200


def test_a_long_roster_is_shown_in_pages(shared_site: Site) -> None:
    client = shared_site.client("hospital")
    lines = "\n".join(f"内科,甲{n % 9}乙,{n},执业医师,临床,2016-08-31" for n in range(450))
    content = f"科室,姓名,证件号码,医师级别,执业类别,执业证取得时间\n{lines}".encode()

    report = str(upload(client, content, "a.csv").location)

    pages = [client.get(f"{report}?page={number}").text for number in (1, 2, 3)]
    assert [len(re.findall(r'<td class="serial"', page)) for page in pages] == [200, 200, 50]
    assert "共450条记录" in pages[0]


def test_all_or_nothing_is_refused_with_the_choice_kept(site: Site) -> None:
    client = site.client("hospital")
    before = count(site, Physician, "hospital")

    answer = confirm(client, uploaded(client, MESSY), "all")

    assert answer.status_code == 200
    assert "有14行不能导入，因此未导入任何数据" in text_of(answer)
    assert re.search(r'<input[^>]*checked[^>]*value="all"', answer.text)
    assert count(site, Physician, "hospital") == before


def test_the_good_rows_are_imported_and_the_rest_is_corrected_and_uploaded_again(
    site: Site,
) -> None:
    client = site.client("hospital")
    report = uploaded(client, MESSY)
    before = count(site, Physician, "hospital")
    confirm(client, report, "good")
    assert count(site, Physician, "hospital") == before + 40

    errors = client.get(f"{report}/errors")
    assert "医师导入错误表.xlsx" in unquote(errors.headers["Content-Disposition"])
    second = upload(client, _with_first_row_corrected(errors.data), "更正.xlsx").location

    words = text_of(client.get(second))
    assert "可导入 1行 已存在 0行，未作改动 有误 13行" in words
    confirm(client, second, "good")
    assert count(site, Physician, "hospital") == before + 41


def _with_first_row_corrected(workbook: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[0]
    columns = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3]}
    assert "校验码不对" in sheet.cell(4, columns["错误原因"]).value
    right = {
        "证件号码": "140402198909242573", "性别": "男", "出生日期": None, "医师资格证书编码": None,
    }  # fmt: skip
    for header, value in right.items():
        sheet.cell(4, columns[header]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_missing_departments_are_not_created_unless_ticked(site: Site, clerk: FlaskClient) -> None:
    report = uploaded(clerk, GOOD)

    answer = confirm(clerk, report, "all", departments=False)

    assert "有120行不能导入" in text_of(answer)
    assert count(site, Department, "hospital-new") == 0


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "a.xlsx", "是空的"),
        (b"%PDF-1.7", "a.xlsx", "内容与扩展名不符"),
        (b"PK\x03\x04 broken", "a.xlsx", "文件已损坏"),
        (b"x", "a.docm", "请上传 XLSX、XLS 或 CSV 文件"),
        (b"a" * (10 * 1024 * 1024 + 1), "a.csv", "超过10MB"),
        ("甲,乙\n1,2\n".encode(), "a.csv", "找不到表头"),
        ("科室,姓名,证件号码,医师级别,执业类别,执业证取得时间\n".encode(), "a.csv", "没有医师"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field_and_not_kept(
    shared_site: Site, content: bytes, name: str, message: str
) -> None:
    before = count(shared_site, RosterUpload, "hospital")

    answer = upload(shared_site.client("hospital"), content, name)

    assert answer.status_code == 200
    error = re.search(r'id="file-error">([^<]*)', answer.text)
    assert error is not None
    assert message in error[1]
    assert count(shared_site, RosterUpload, "hospital") == before


def test_no_file_is_asked_for(shared_site: Site) -> None:
    answer = shared_site.client("hospital").post("/roster-import/", data={})

    assert "请选择要上传的文件。" in text_of(answer)


def test_an_upload_is_sealed_and_another_institution_does_not_find_it(site: Site) -> None:
    client = site.client("hospital")
    report = uploaded(client, MESSY)
    stranger = site.client("hospital-3")

    with site.session() as session:
        kept = session.scalars(select(RosterUpload)).one()
        assert not kept.content.startswith(b"PK")
        assert roster_uploads.content_of(kept) == (DATA / MESSY).read_bytes()
    assert stranger.get(report).status_code == 404
    assert stranger.get(f"{report}/errors").status_code == 404
    assert confirm(stranger, report, "good").status_code == 404
    assert client.get(f"/roster-import/{'0' * 32}").status_code == 404


def test_an_expired_upload_is_gone_and_deleted_by_the_next_one(site: Site) -> None:
    client = site.client("hospital")
    report = uploaded(client, MESSY)
    with site.session() as session:
        session.scalars(select(RosterUpload)).one().expires_at = now() - timedelta(seconds=1)
        session.commit()

    assert client.get(report).status_code == 404
    fresh = uploaded(client, MESSY)

    assert client.get(fresh).status_code == 200
    assert count(site, RosterUpload, "hospital") == 1


def test_no_more_than_twenty_uploads_are_kept(site: Site) -> None:
    with site.session("hospital") as session:
        house = session.scalars(select(Institution)).one()
        account = session.scalars(select(Account.id).where(Account.username == "hospital")).one()
        for number in range(22):
            roster_uploads.store(
                session,
                kind=ImportKind.PHYSICIAN,
                owner=house,
                account_id=account,
                content=b"x",
                filename=f"{number}.csv",
                at=now(),
            )
        names = session.scalars(select(RosterUpload.filename).order_by(RosterUpload.id)).all()

    assert names == [f"{number}.csv" for number in range(2, 22)]


@pytest.mark.parametrize("username", ["province", "county", "agency", "sysadmin"])
def test_only_institutions_import(shared_site: Site, username: str) -> None:
    client = shared_site.client(username)

    assert client.get("/roster-import/").status_code == 403
    assert upload(client, b"x", "a.csv").status_code == 403


def test_a_visitor_is_sent_to_the_sign_in_page(shared_site: Site) -> None:
    assert shared_site.client().get("/roster-import/").status_code == 302

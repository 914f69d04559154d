"""线下成绩 as a file: the template is filled in and sent back; one wrong line enters none."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from app.enums import PaperStatus as P
from app.models import Paper
from tests.support.site import Site
from tests.views.administration import text

pytestmark = pytest.mark.embedded
HEADERS = ["试卷编号", "医疗卫生机构", "姓名", "证件号码", "试卷名称", "场次", "成绩"]


def template(site: Site, who: str = "agency") -> openpyxl.Workbook:
    answer = site.client(who).get("/score-files/template")
    assert answer.status_code == 200
    return openpyxl.load_workbook(BytesIO(answer.data))


def is_header(cell: Any) -> bool:
    return str(cell).strip("* ") == HEADERS[0]


def lines(book: openpyxl.Workbook) -> list[list[Any]]:
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    start = next(n for n, row in enumerate(rows) if is_header(row[0]))
    return [row[: len(HEADERS)] for row in rows[start + 1 :] if row[0]]


def send(site: Site, book: openpyxl.Workbook, who: str = "agency") -> str:
    content = BytesIO()
    book.save(content)
    content.seek(0)
    answer = site.client(who).post(
        "/score-files/", data={"file": (content, "成绩.xlsx")}, follow_redirects=True
    )
    assert answer.status_code == 200
    return text(answer)


def fill(book: openpyxl.Workbook, scores: dict[int, Any], **others: Any) -> openpyxl.Workbook:
    """Type scores by the number of the line, and other cells as ``n_header``."""
    sheet = book.worksheets[0]
    first = next(row[0].row for row in sheet.iter_rows() if is_header(row[0].value)) + 1
    for line, score in scores.items():
        sheet.cell(first + line, HEADERS.index("成绩") + 1, score)
    for key, value in others.items():
        row, header = key.removeprefix("at_").split("_")
        sheet.cell(first + int(row), HEADERS.index(header) + 1, value)
    return book


def entered(site: Site) -> int:
    with site.session("agency") as session:
        return session.scalar(select(func.count(Paper.id)).where(Paper.status == P.ENTERED)) or 0


def test_the_template_lists_what_waits_with_masked_numbers(shared_site: Site) -> None:
    found = lines(template(shared_site))
    with shared_site.session("agency") as session:
        waiting = set(session.scalars(select(Paper.id).where(Paper.status == P.NOT_STARTED)))
    assert found
    assert {int(row[0]) for row in found} <= waiting
    assert all("*" in row[3] and row[6] is None for row in found)


def test_a_filled_file_is_entered_and_confirmed_by_somebody_else(site: Site) -> None:
    before, book = entered(site), template(site)
    pk = int(lines(book)[0][0])
    assert "已录入2份成绩，请由另一人复核。" in send(site, fill(book, {0: 88.5, 1: "59"}))
    assert entered(site) == before + 2
    with site.session("agency") as session:
        assert session.get_one(Paper, pk).score_tenths == 885
    url = "/steps/paper/bulk/confirm?view=PaperView"
    own = site.client("agency").post(url, data={"ids": [pk]}, follow_redirects=True)
    assert "不能由录入人本人复核" in own.text
    other = site.client("agency-2").post(url, data={"ids": [pk]}, follow_redirects=True)
    assert "“复核成绩”成功1条。" in other.text


@pytest.mark.parametrize(
    ("scores", "others", "words"),
    [
        ({0: 88, 1: 101}, {}, "成绩应为0至100，最多一位小数。"),
        ({0: 88, 1: "缺考"}, {}, "成绩应为0至100，最多一位小数。"),
        ({0: 88}, {"at_0_姓名": "另一人"}, "姓名与试卷不符"),
        ({0: 88}, {"at_0_试卷编号": "99999999"}, "没有这份试卷"),
        ({0: 88}, {"at_0_试卷编号": "一号"}, "应为导出名单中的试卷编号"),
    ],
)
def test_one_wrong_line_enters_none(
    site: Site, scores: dict[int, Any], others: dict[str, Any], words: str
) -> None:
    before = entered(site)
    shown = send(site, fill(template(site), scores, **others))
    assert words in shown
    assert "没有录入任何成绩" in shown
    assert entered(site) == before


def test_a_paper_stands_in_a_file_once(site: Site) -> None:
    book = template(site)
    first = lines(book)[0]
    shown = send(site, fill(book, {0: 88, 1: 77}, at_1_试卷编号=first[0], at_1_姓名=first[2]))
    assert "是同一份试卷" in shown


def test_another_agency_s_papers_are_unknown(site: Site) -> None:
    shown = send(site, fill(template(site), {0: 88}), who="agency-sn")
    assert "没有这份试卷，或不由本机构考核" in shown


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "x.xlsx"), (b"x", "x.xlsx"), (b"a,b\n1,2\n", "x.csv")]
)
def test_what_is_no_table_of_scores_is_refused(site: Site, content: bytes, name: str) -> None:
    before = entered(site)
    answer = site.client("agency").post("/score-files/", data={"file": (BytesIO(content), name)})
    assert answer.status_code == 200
    assert 'class="alert' in answer.text
    assert entered(site) == before


def test_a_file_without_a_score_says_so(site: Site) -> None:
    assert "文件中没有填写成绩" in send(site, template(site))

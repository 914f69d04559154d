"""导出: all rows of the filter with the shown columns, masked, formula-safe, and in nobody's way."""

import csv
import io
from datetime import datetime

from openpyxl import load_workbook
from sqlalchemy import func, select

from app.enums import ParticipationStatus
from app.models import Department, Participation, TrailEntry
from tests.support.site import Site

URL = "/physicians/export/"


def _confirmed(site: Site) -> int:
    with site.session("hospital") as session:
        statement = select(func.count()).where(
            Participation.status == ParticipationStatus.CONFIRMED
        )
        return int(session.scalar(statement))


def test_csv_holds_every_row_of_the_filter_with_the_shown_columns(site: Site) -> None:
    client = site.client("hospital")

    text = client.get(f"{URL}csv?tab=confirmed").get_data().decode("utf-8-sig")

    banner, heads, *rows = csv.reader(io.StringIO(text))
    for words in ("导出内容：医师列表", "分类：已确认参加", "导出人：尚成格", "平城区医院"):
        assert words in banner[0]
    assert banner[0].endswith(f"记录数：{len(rows)}")
    assert len(banner) == len(heads)
    assert heads == [
        "科室",
        "姓名",
        "年龄",
        "证件号码",
        "执业类别",
        "医师级别",
        "执业证取得时间",
        "首次注册时间",
    ]
    assert len(rows) == _confirmed(site) > 10
    assert all(row[3].count("*") == 5 for row in rows)


def test_excel_holds_real_dates_and_text_numbers(site: Site) -> None:
    answer = site.client("hospital").get(f"{URL}xlsx?tab=confirmed")

    book = load_workbook(io.BytesIO(answer.get_data()))
    about = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert (about["导出人"], about["记录数"]) == ("尚成格", str(_confirmed(site)))
    sheet = book["医师列表"]
    first = sheet[2]
    assert isinstance(first[6].value, datetime)
    assert first[6].number_format == "yyyy-mm-dd"
    assert (first[3].data_type, first[3].number_format) == ("s", "@")
    assert sheet.max_row - 1 == _confirmed(site)


def test_an_export_is_in_the_trail(site: Site) -> None:
    number = "110105194912310025"
    site.client("hospital").get(f"{URL}csv?name=张&id_number={number}").get_data()

    with site.session("hospital") as session:
        last = session.scalars(select(TrailEntry).order_by(TrailEntry.id.desc())).first()
        assert (last.action, last.actor_name, last.subject) == ("export", "尚成格", "participation")
        assert last.comment == "分类：未确认参加；姓名：张；证件号码：1101*****25"


def test_a_download_in_progress_holds_up_no_writer(site: Site) -> None:
    answer = site.client("hospital").get(f"{URL}csv?tab=confirmed", buffered=False)
    stream = iter(answer.response)
    started = next(stream)

    with site.session("hospital") as session:
        department = session.scalars(select(Department)).first()
        department.name = "下载期间改名"
        session.commit()

    rest = list(stream)
    answer.close()
    assert len([started, *rest]) >= 1
    with site.session("hospital") as session:
        names = session.scalars(select(Department.name)).all()
        assert "下载期间改名" in names


def test_an_unreadable_filter_or_kind_is_refused(site: Site) -> None:
    client = site.client("hospital")

    assert client.get(f"{URL}csv?age_from=abc").status_code == 400
    assert client.get(f"{URL}pdf").status_code == 404

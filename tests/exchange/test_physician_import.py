"""A roster is imported: whom it takes up, what comes along, and how refused rows come back."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from app.exchange import intake
from app.exchange.intake import ImportRefused
from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from app.models import (
    Department,
    DepartmentSubject,
    Identity,
    Institution,
    Participation,
    Physician,
    Subject,
    TrailEntry,
)
from tests.support.rosters import (
    DATA,
    GOOD,
    MESSY,
    activate,
    correct_people,
    count,
    entry,
    imported,
    number_of,
    planned,
    reasons,
    roster,
    states,
)
from tests.support.site import Site


@pytest.fixture
def newcomer(site: Site) -> Site:
    """The demo with the new hospital's clerk past the first password."""
    activate(site)
    return site


def test_an_import_makes_physicians_accounts_participations_departments_and_trail(
    newcomer: Site,
) -> None:
    done = imported(newcomer, "hospital-new", (DATA / GOOD).read_bytes())

    assert (done.created, done.unchanged, done.left_out) == (120, 0, ())
    with newcomer.session() as session:
        house = session.scalars(select(Institution).where(Institution.name == "长治市医院")).one()

        def rows(model: Any, *criteria: Any) -> int:
            wanted = select(func.count()).select_from(model)
            mine = model.institution_id == house.id
            return int(session.scalar(wanted.where(mine, *criteria)))

        assert rows(Physician) == 120
        assert rows(Identity, Identity.physician_id.is_not(None)) == 120
        assert rows(Participation) == 120
        assert rows(Department) == 10
        assert rows(TrailEntry, TrailEntry.action_label == "新增医师") == 120
        assert rows(TrailEntry, TrailEntry.action_label == "创建科室") == 10
        summary = TrailEntry.action_label == "批量导入医师"
        assert session.scalar(select(TrailEntry.comment).where(summary)) == "120"
        linked = (
            select(Department.name, Subject.name)
            .join(DepartmentSubject, DepartmentSubject.department_id == Department.id)
            .join(Subject, Subject.id == DepartmentSubject.subject_id)
            .where(Department.institution_id == house.id, Department.name == "骨科")
        )
        assert [tuple(row) for row in session.execute(linked)] == [("骨科", "骨科专业")]


def test_the_same_file_twice_changes_nothing_and_says_so(newcomer: Site) -> None:
    content = (DATA / GOOD).read_bytes()
    imported(newcomer, "hospital-new", content)
    before = count(newcomer, TrailEntry, "hospital-new")

    again = imported(newcomer, "hospital-new", content)

    assert (again.created, again.unchanged, again.departments) == (0, 120, ())
    assert states(planned(newcomer, "hospital-new", content)) == {
        "new": 0, "changed": 0, "unchanged": 120, "refused": 0,
    }  # fmt: skip
    assert count(newcomer, TrailEntry, "hospital-new") == before


def test_all_or_nothing_imports_nothing_while_a_row_is_wrong(site: Site) -> None:
    before = count(site, Physician, "hospital")

    with pytest.raises(ImportRefused) as refused:
        imported(site, "hospital", (DATA / MESSY).read_bytes())

    assert "有14行不能导入，因此未导入任何数据" in str(refused.value.message)
    assert count(site, Physician, "hospital") == before


def test_the_good_rows_alone_can_be_imported(site: Site) -> None:
    before = count(site, Physician, "hospital")

    done = imported(site, "hospital", (DATA / MESSY).read_bytes(), only_good_rows=True)

    assert (done.created, len(done.left_out)) == (40, 14)
    assert count(site, Physician, "hospital") == before + 40


def test_rows_of_missing_departments_are_left_out_unless_these_are_created(site: Site) -> None:
    content = roster(entry(科室="核医学"), entry(证件号码="140402197204233664"))

    with pytest.raises(ImportRefused) as refused:
        imported(site, "hospital", content, create_departments=False)
    assert "有1行不能导入" in str(refused.value.message)

    done = imported(site, "hospital", content, create_departments=False, only_good_rows=True)

    assert done.created == 1
    assert [str(p.message) for row in done.left_out for p in row.problems] == [
        "本机构没有科室“核医学”，请先在科室信息中新增，或勾选“自动创建缺少的科室”"
    ]


def test_a_physician_known_in_another_province_may_be_taken_up(site: Site) -> None:
    number = number_of(site, "hospital-sn")
    content = roster(entry(证件号码=number, 执业证取得时间="2025-01-01"))

    assert imported(site, "hospital", content).created == 1

    with site.session() as session:
        owner = select(Identity.account_id).join(Physician, Physician.id == Identity.physician_id)
        index = select(Physician.id_index).where(Physician.name == "张洋梓")
        found = session.scalars(owner.where(Physician.id_index == index.scalar_subquery())).all()
    assert len(found) == 2
    assert len(set(found)) == 1


def test_the_corrected_error_workbook_is_imported_clean(site: Site) -> None:
    content = (DATA / MESSY).read_bytes()
    plan = planned(site, "hospital", content)
    imported(site, "hospital", content, only_good_rows=True)

    corrected = correct(intake.error_sheet(plan))
    second = planned(site, "hospital", corrected)

    assert reasons(second) == []
    assert states(second) == {"new": 14, "changed": 0, "unchanged": 0, "refused": 0}
    assert second.ignored_headers == ()
    assert imported(site, "hospital", corrected).created == 14


def correct(workbook: bytes) -> bytes:
    """Set right what the error column complains about, as a clerk would, and keep the layout."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book.worksheets[0]
    columns = {str(cell.value).rstrip("*"): cell.column for cell in sheet[3]}
    assert list(columns)[:-1] == [column.header for column in PHYSICIAN_COLUMNS]
    assert list(columns)[-1] == "错误原因"
    people = correct_people(sheet.max_row - 3)
    for number, person in enumerate(people, 4):
        for header, value in person.items():
            sheet.cell(number, columns[header]).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_five_thousand_physicians_are_imported_in_one_go(site: Site) -> None:
    content = roster(*(entry(**person) for person in correct_people(5_000)))

    done = imported(site, "hospital", content)

    assert done.created == 5_000

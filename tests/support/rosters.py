"""Rosters for tests of 批量导入医师, planned and imported as a clerk of the demo would."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
from sqlalchemy import func, select

from app.demo.people import People
from app.enums import AccountState, Category, ImportKind
from app.exchange import intake
from app.exchange.intake import ImportResult
from app.exchange.physician_columns import PHYSICIAN_COLUMNS
from app.exchange.target import Choices, ImportPlan, RowState
from app.exchange.targets import TARGETS
from app.models import (
    Account,
    Institution,
    Physician,
)
from app.security.actor import current_actor
from app.views.clock import now, today
from tests.support.site import Site

DATA = Path(__file__).parents[1] / "data"
PHYSICIANS = TARGETS[ImportKind.PHYSICIAN]
GOOD, MESSY = "roster_changzhi_120.xlsx", "roster_pingcheng_messy.xlsx"


@contextmanager
def at_hospital(site: Site, username: str) -> Iterator[tuple[Any, Institution]]:
    with site.session(username) as session:
        yield session, session.scalars(select(Institution)).one()


def planned(site: Site, username: str, content: bytes, name: str = "a.xlsx") -> ImportPlan:
    with at_hospital(site, username) as (session, house):
        return intake.plan(session, PHYSICIANS, content, name, owner=house, today=today())


def imported(site: Site, username: str, content: bytes, **options: bool) -> ImportResult:
    with at_hospital(site, username) as (session, house):
        plan = intake.plan(session, PHYSICIANS, content, "a.xlsx", owner=house, today=today())
        choices = Choices(**options)
        done = intake.run(session, plan, choices=choices, actor=current_actor(), at=now())
        session.commit()
        return done


def states(plan: ImportPlan) -> dict[str, int]:
    return {state.value: len(plan.of(state)) for state in RowState}


def reasons(plan: ImportPlan) -> list[tuple[int, str, str]]:
    return [
        (row.number, problem.header, str(problem.message))
        for row in plan.rows
        for problem in row.problems
    ]


def roster(*rows: dict[str, object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    headers = [column.header for column in PHYSICIAN_COLUMNS]
    sheet.append(headers)
    for row in rows:
        sheet.append([row.get(header) for header in headers])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def entry(**changes: object) -> dict[str, object]:
    return {
        "科室": "内科",
        "姓名": "张洋梓",
        "证件号码": "140402198909242573",
        "医师级别": "执业医师",
        "执业类别": "临床",
        "执业证取得时间": "2016-08-31",
    } | changes


def number_of(site: Site, username: str) -> str:
    with site.session(username) as session:
        number: str = session.scalars(select(Physician.id_number).limit(1)).one()
        return number


def count(site: Site, model: Any, username: str) -> int:
    with site.session(username) as session:
        return int(session.scalar(select(func.count()).select_from(model)))


def correct_people(total: int) -> list[dict[str, str]]:
    source = People(Random(7))
    found = []
    for _ in range(total):
        one = source.physician(
            region="140213",
            category=Category.CLINICAL,
            scope="内科专业",
            practice_years=9,
            today=date(2024, 6, 1),
        )
        found.append(
            {
                "姓名": one.name,
                "性别": one.sex.value,
                "证件类型": one.id_type.value,
                "证件号码": one.id_number,
                "出生日期": one.birth_date.isoformat(),
                "医师级别": one.level.value,
                "执业类别": one.category.value,
                "医师资格证书编码": one.qualification_code,
                "医师执业证书编码": one.licence_code,
                "执业证取得时间": one.licensed_on.isoformat(),
                "首次注册时间": one.first_registered_on.isoformat(),
            }
        )
    return found


def activate(site: Site) -> None:
    with site.session() as session:
        clerk = session.scalars(select(Account).where(Account.username == "hospital-new")).one()
        clerk.state = AccountState.ACTIVE
        session.commit()

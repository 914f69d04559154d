"""What the tests of 医师列表 share: reading its pages and finding its people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.engine import Engine

from app.enums import CycleStatus
from app.enums import ParticipationStatus as P
from app.models import (
    Cycle,
    Participation,
)
from app.views.clock import now
from app.workflows.cycle import CYCLE
from tests.support.site import Site
from tests.support.world import finish_cases

LIST = "/physicians/list/"
COLUMNS = [
    "科室",
    "姓名",
    "年龄",
    "证件号码",
    "执业类别",
    "医师级别",
    "执业证取得时间",
    "首次注册时间",
]
NEWCOMER = {
    "name": "张丽华",
    "id_type": "RESIDENT",
    "id_number": "11010519491231002x",
    "level": "PHYSICIAN",
    "category": "CLINICAL",
    "licensed_on": "2003-05-29",
    "phone": "138 0000 0000",
}


def first(site: Site, *criteria: Any) -> Any:
    """Give the participation of 平城区医院 that fits, as plain values."""
    with site.session("hospital") as session:
        row = session.scalars(
            select(Participation).where(*criteria).order_by(Participation.id)
        ).first()
        return SimpleNamespace(
            id=row.id,
            physician_id=row.physician_id,
            name=row.physician.name,
            number=row.physician.id_number,
            masked=row.physician.id_masked,
            phone=row.physician.phone,
            born=row.physician.birth_date,
            department_id=row.physician.department_id,
        )


def waiting(site: Site) -> Any:
    return first(site, Participation.status == P.UNCONFIRMED)


def rows(html: str) -> list[list[str]]:
    """Give the texts of the drawn rows' cells."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    return [
        [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in
         re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]  # fmt: skip


def headings(html: str) -> list[str]:
    head = html[html.index("<thead>") : html.index("</thead>")]
    found = re.findall(
        r'<th (?:class="(?!pick)[^"]*" )?scope="col"[^>]*>(.*?)</th>', head, re.DOTALL
    )
    return [re.sub(r"<[^>]+>", "", text).strip() for text in found]


def counts(html: str) -> list[int]:
    return [int(text) for text in re.findall(r'tab-count">(\d+)', html)]


def row_of(html: str, name: str) -> str:
    return next(" ".join(cells) for cells in rows(html) if name in cells)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements of the block, without what begins and ends transactions."""
    found: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def close_cycles(site: Site) -> None:
    actor = site.actor("province")
    with site.session("province") as session:
        finish_cases(session)
        for pk in session.scalars(select(Cycle.id).where(Cycle.status == CycleStatus.OPEN)).all():
            CYCLE.fire(session, pk, "close", actor=actor, at=now(), comment="本周期结束")
        session.commit()

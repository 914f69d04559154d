"""下级行政机构: authorities that one brings in below itself, known by their 行政区划代码."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from app.enums import N_, AuthorityLevel, ImportKind
from app.exchange.columns import Column, Problem, code, phone, text
from app.exchange.differences import changes_of
from app.exchange.row_checks import check_cells
from app.exchange.sheet import RawRow
from app.exchange.superiors import Superiors, squeezed
from app.exchange.target import Checked, Owner, PlannedRow, RowState, Target
from app.models import Authority
from app.operations.bodies import create_authority
from app.operations.body_changes import change_body
from app.operations.department_intake import ProposedDepartment
from app.queries import authorities
from app.queries.among import among
from app.security.actor import Actor, current_actor

CODE, SUPERIOR = "行政区划代码", "上级"
_IS_CODE = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,2}")
_LEVELS = tuple(AuthorityLevel)
_ABOVE = frozenset(AuthorityLevel) - {AuthorityLevel.COUNTY}
_line = partial(text, max_length=255)

AUTHORITY_COLUMNS: tuple[Column, ...] = (
    Column("序号", "", str, width=7, example="1"),
    Column("名称", "name", _line(), required=True, width=30, aliases=("机构名称", "单位名称"),
           example="某市卫生健康委员会"),
    Column(CODE, "code", code, required=True, width=16, note=_l("6位、9位或12位，请用文本格式"),
           aliases=("代码", "区划代码"), example="140100"),
    Column(SUPERIOR, "superior", _line(), width=30, aliases=("上级行政机构", "隶属行政机构"),
           note=_l("不填视为本单位；也可以是本文件中的机构")),
    Column("联系人", "contact_person", partial(text, max_length=64)(), width=12),
    Column("联系电话", "contact_phone", phone, width=16),
)  # fmt: skip
_BY_NAME = {column.attribute: column for column in AUTHORITY_COLUMNS if column.attribute}
_CHANGEABLE = ("name", "contact_person", "contact_phone")


@dataclass(frozen=True)
class AuthorityRow:
    """What a file says of an authority; None where it says nothing."""

    name: str
    code: str
    superior: str | None
    contact_person: str | None
    contact_phone: str | None


class AuthorityTarget(Target):
    """Authorities below one's own; a superior may stand in the same file."""

    kind = ImportKind.AUTHORITY
    columns = AUTHORITY_COLUMNS
    facts_type = AuthorityRow
    sheet_name = "下级行政机构"
    template_title = _l("下级行政机构导入模板")
    error_title = _l("下级行政机构导入错误表")
    empty = _l("文件中没有行政机构，请在表头下面逐行填写后再上传")
    name_header, key_header = "名称", CODE
    shown_headers = (SUPERIOR, "联系人")
    trail_label = N_("批量导入下级行政机构")

    def check(self, rows: Sequence[RawRow], *, today: date) -> Sequence[Checked]:
        """Judge codes, and codes that stand twice."""
        return check_cells(
            rows, self.columns, AuthorityRow, key=lambda one: one.code, key_header=CODE,
            judge=_judged,
        )  # fmt: skip

    def place(
        self, session: Session, rows: Sequence[Checked], *, owner: Owner
    ) -> Sequence[PlannedRow]:
        """Find the superiors, in the system or in the file, and the authorities known already."""
        actor = current_actor()
        offices = authorities.choices(session, actor=actor, levels=_ABOVE)
        superiors = Superiors.among(owner, offices)
        said = [row.facts for row in rows if row.facts]
        known = {
            one.code: one
            for one in session.scalars(
                select(Authority).where(
                    among(session, Authority.code, [one.code for one in said], kind=String())
                )
            )
        }
        own = set(
            session.scalars(
                select(Authority.id).where(
                    *authorities.below(actor), Authority.id.in_([one.id for one in known.values()])
                )
            )
        )
        levels = _levels(said, superiors)
        found = []
        for row in rows:
            if row.facts is None:
                plain = PlannedRow(row.number, RowState.REFUSED, row.cells, None, row.problems)
                found.append(plain)
            elif (stored := known.get(row.facts.code)) is None:
                found.append(_newcomer(row, superiors, levels))
            elif stored.id in own:
                found.append(_compared(row, stored, superiors))
            else:
                found.append(
                    _refused(row, CODE, _l("该代码已被本级范围以外的行政机构使用，请核对"))
                )
        return found

    def write(
        self,
        session: Session,
        *,
        new: Sequence[PlannedRow],
        changed: Sequence[PlannedRow],
        owner: Owner,
        actor: Actor,
        at: datetime,
    ) -> tuple[ProposedDepartment, ...]:
        """Create superiors before those below them, then change what differs."""
        made: dict[str, Authority] = {}
        waiting = list(new)
        while waiting:
            ready = [row for row in waiting if row.refers or squeezed(row.facts.superior) in made]
            for row in ready:
                parent = (
                    session.get_one(Authority, row.refers)
                    if row.refers
                    else made[squeezed(row.facts.superior)]
                )
                made[squeezed(row.facts.name)] = create_authority(
                    session,
                    code=row.facts.code,
                    name=row.facts.name,
                    level=_LEVELS[_LEVELS.index(parent.level) + 1],
                    parent=parent,
                    contact_person=row.facts.contact_person,
                    contact_phone=row.facts.contact_phone,
                    actor=actor,
                    at=at,
                )
            assert ready, "place() lets no row in whose superior is not"
            waiting = [row for row in waiting if row not in ready]
        for row in changed:
            body = session.get_one(Authority, row.row_id, with_for_update=True)
            change_body(session, body, row.values or {}, actor=actor, at=at)
        return ()


def _judged(values: dict[str, Any]) -> list[tuple[str, Any]]:
    if _IS_CODE.fullmatch(values["code"]):
        return []
    return [("code", _l("行政区划代码为6位、9位或12位数字"))]


def _levels(rows: Sequence[AuthorityRow], superiors: Superiors) -> dict[str, AuthorityLevel]:
    """Tell the level of each row of the file by its name, as far as its superiors are known."""
    found: dict[str, AuthorityLevel] = {}
    for _round in _LEVELS:
        for row in rows:
            above = superiors.of(row.superior)
            level = above.level if above else found.get(squeezed(row.superior or ""))
            if level is not None and level is not AuthorityLevel.COUNTY:
                found[squeezed(row.name)] = _LEVELS[_LEVELS.index(level) + 1]
    return found


def _newcomer(row: Checked, superiors: Superiors, levels: dict[str, AuthorityLevel]) -> PlannedRow:
    plain = PlannedRow(row.number, RowState.NEW, row.cells, row.facts)
    office = superiors.of(row.facts.superior)
    if office is not None:
        return replace(plain, refers=office.id)
    if row.facts.superior is None:
        return _refused(row, SUPERIOR, _l("未填写上级，此项必填"))
    if levels.get(squeezed(row.facts.superior), AuthorityLevel.COUNTY) is AuthorityLevel.COUNTY:
        message = _l("不是本单位、下级行政机构或本文件中机构的名称，或不能设下级机构，请核对")
        return _refused(row, SUPERIOR, message)
    return plain


def _with_their_superiors(rows: Sequence[PlannedRow]) -> list[PlannedRow]:
    """Refuse rows whose superior stands in the file and is refused itself."""
    found = list(rows)
    while True:
        coming = {squeezed(row.facts.name) for row in found if row.state is RowState.NEW}
        left = [
            row
            for row in found
            if row.state is RowState.NEW
            and row.refers is None
            and squeezed(row.facts.superior) not in coming
        ]
        if not left:
            return found
        message = _l("上级在本文件中未能通过预检，请先更正上级一行")
        found = [
            replace(row, state=RowState.REFUSED, problems=(Problem(SUPERIOR, message),))
            if row in left
            else row
            for row in found
        ]


def _compared(row: Checked, stored: Authority, superiors: Superiors) -> PlannedRow:
    """Set a row beside the authority it names; blank cells change nothing."""
    values = {
        name: getattr(row.facts, name)
        for name in _CHANGEABLE
        if getattr(row.facts, name) not in (None, getattr(stored, name))
    }
    office = superiors.of(row.facts.superior) if row.facts.superior else None
    if row.facts.superior is not None and (office is None or office.id != stored.parent_id):
        message = _l("隶属关系不能通过导入调整，请删去此项或填写原上级")
        return _refused(row, SUPERIOR, message)
    plain = PlannedRow(row.number, RowState.UNCHANGED, row.cells, row.facts, row_id=stored.id)
    if not values:
        return plain
    before = {name: getattr(stored, name) for name in values}
    changes = changes_of(before, values, _BY_NAME, frozenset())
    return replace(plain, state=RowState.CHANGED, changes=tuple(changes), values=values)


def _refused(row: Checked, header: str, message: Any) -> PlannedRow:
    return PlannedRow(
        row.number, RowState.REFUSED, row.cells, row.facts, (Problem(header, message),)
    )

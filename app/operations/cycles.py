"""考核周期: how a cycle is set up and whom its opening enrols. 开放 and 结束 are a workflow."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import and_, insert, literal, select
from sqlalchemy.orm import Session

from app.enums import N_, AppointmentStatus, AuthorityLevel, ScheduleWindow
from app.models import Appointment, Authority, Cycle, CycleWindow, Participation, Physician
from app.operations import trail
from app.queries import national_rules
from app.refusals import Refusal
from app.rules import CycleRules
from app.security.actor import Actor
from app.security.scope_session import SetBased

Windows = Mapping[ScheduleWindow, tuple[date, date]]


class CycleRefused(Refusal):
    """A cycle that may not be created; ``message`` is in the user's words."""


def create_cycle(
    session: Session,
    *,
    province: Authority,
    label: str,
    starts_on: date,
    last_day: date,
    windows: Windows,
    rules: CycleRules,
    actor: Actor,
    at: datetime,
) -> Cycle:
    """Set up a cycle in 筹备中 with its windows, perhaps not yet all of them.

    It remembers which version of 全国考核规则 was in force.

    :raises CycleRefused: not a province, a label in use, or a period that ends before it starts.
    """
    if province.level is not AuthorityLevel.PROVINCE:
        raise CycleRefused(_l("考核周期由省级卫生行政部门设置。"))
    for first, last in ((starts_on, last_day), *windows.values()):
        if last < first:
            raise CycleRefused(_l("结束日期不能早于开始日期，请核对考核安排。"))
    known = select(Cycle.id).where(Cycle.province_id == province.id, Cycle.label == label)
    if session.scalar(known) is not None:
        raise CycleRefused(_l("周期“%(label)s”已存在，请更换名称。", label=label))
    version = national_rules.newest(session)
    cycle = Cycle(
        label=label,
        starts_on=starts_on,
        last_day=last_day,
        rules=rules.to_document(),
        national_number=version.number if version is not None else None,
        province_id=province.id,
        authority_path=province.path,
    )
    cycle.windows = [
        CycleWindow(
            kind=kind,
            starts_on=windows[kind][0],
            last_day=windows[kind][1],
            province_id=province.id,
        )
        for kind in ScheduleWindow
        if kind in windows
    ]
    session.add(cycle)
    session.flush()  # the entry of the trail names its id
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="cycle",
        subject_id=cycle.id,
        action="create",
        label=N_("新增周期"),
        comment=label,
        province_id=province.id,
        authority_path=province.path,
    )
    return cycle


def windows_objection(cycle: Cycle) -> LazyString | None:
    """Say what keeps 考核安排 from being complete and inside the cycle, or None."""
    given = {row.kind: row for row in cycle.windows}
    for kind in ScheduleWindow:
        row = given.get(kind)
        if row is None:
            return _l("请先设置“%(window)s”的起止日期。", window=kind.label)
        if row.starts_on < cycle.starts_on or row.last_day > cycle.last_day:
            return _l("“%(window)s”超出了考核周期的起止日期，请核对。", window=kind.label)
    return None


def enrol_everybody(session: Session, cycle: Cycle) -> None:
    """Give every physician of the province a participation (未确认参加), in one statement."""
    present = select(Participation.physician_id).where(Participation.cycle_id == cycle.id)
    source: Any = (
        select(
            Physician.id,
            Physician.province_id,
            Physician.authority_path,
            Physician.institution_id,
            Appointment.agency_id,
            literal(cycle.id),
        )
        .outerjoin(
            Appointment,
            and_(
                Appointment.institution_id == Physician.institution_id,
                Appointment.cycle_id == cycle.id,
                Appointment.status == AppointmentStatus.ACTIVE,
            ),
        )
        .where(Physician.province_id == cycle.province_id, Physician.id.not_in(present))
    )
    names = [
        "physician_id",
        "province_id",
        "authority_path",
        "institution_id",
        "agency_id",
        "cycle_id",
    ]
    session.execute(insert(Participation).from_select(names, source).options(SetBased()))

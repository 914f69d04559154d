"""Entries of the trail in words: what was done to what, from which state to which."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from app.enums import (
    AccountState,
    AgencyApplicationStatus,
    AgencyStatus,
    AppointmentStatus,
    AssessmentStatus,
    BodyStatus,
    ConflictStatus,
    CycleStatus,
    DeferralStatus,
    ExemptionStatus,
    MarkStatus,
    OutsideOpinionStatus,
    PaperStatus,
    ParticipationStatus,
    QuestionStatus,
    RequestStatus,
    Vocabulary,
)
from app.models import Physician, TrailEntry
from app.periods import CHINA
from app.security.actor import unscoped

SUBJECTS: Mapping[str, tuple[Any, type[Vocabulary] | None]] = {
    "participation": (_l("参加考核"), ParticipationStatus),
    "assessment": (_l("考核"), AssessmentStatus),
    "registration": (_l("报名信息"), None),
    "physician": (_l("医师"), None),
    "department": (_l("科室"), BodyStatus),
    "institution": (_l("医疗卫生机构"), BodyStatus),
    "agency": (_l("考核机构"), AgencyStatus),
    "authority": (_l("行政机构"), BodyStatus),
    "appointment": (_l("考核机构指派"), AppointmentStatus),
    "cycle": (_l("考核周期"), CycleStatus),
    "account": (_l("账号"), AccountState),
    "identity": (_l("账号"), AccountState),
    "role": (_l("角色"), None),
    "permission": (_l("权限"), None),
    "attachment": (_l("附件"), None),
    "roster_upload": (_l("医师名单"), None),
    "trail_entry": (_l("操作审计"), None),
    "subject": (_l("诊疗科目"), None),
    "api_token": (_l("接口令牌"), None),
    "webhook_endpoint": (_l("状态推送"), None),
    "registry_link": (_l("注册系统对接"), None),
    "registry_conflict": (_l("注册信息待匹配"), ConflictStatus),
    "announcement": (_l("公告"), None),
    "exemption": (_l("免考申请"), ExemptionStatus),
    "deferral": (_l("延考申请"), DeferralStatus),
    "agency_application": (_l("申请考核机构"), AgencyApplicationStatus),
    "hold_up": (_l("滞后医师"), None),
    "mentorship": (_l("跟班带教"), None),
    "mentorship_change": (_l("跟班带教修改申请"), RequestStatus),
    "correction": (_l("更正申请"), RequestStatus),
    "practice_place": (_l("多机构执业备案"), RequestStatus),
    "transfer_request": (_l("调入申请"), RequestStatus),
    "outside_opinion": (_l("多执业机构其它意见"), OutsideOpinionStatus),
    "recusal": (_l("回避申请"), RequestStatus),
    "portrait": (_l("头像"), None),
    "committee_member": (_l("考核委员会"), None),
    "penalty": (_l("行政处罚"), None),
    "paper": (_l("试卷"), PaperStatus),
    "question": (_l("试题"), QuestionStatus),
    "blueprint": (_l("组卷方案"), None),
    "exam_session": (_l("测评场次"), None),
    "sitting": (_l("答卷"), None),
    "proctoring": (_l("监考"), MarkStatus),
    "national_rules": (_l("全国考核规则"), None),
    "spot_check": (_l("抽查"), None),
    "figure": (_l("考核统计"), None),
}
"""What an entry is about, and the words of its states."""

_MARK = ":"
_MOST_NAMESAKES = 500
READ = "read"
"""The action of an entry that tells of a look, not of a change."""


def of_subject(session: Session, *, subject: str, subject_id: int) -> Sequence[TrailEntry]:
    """List what happened to one row, oldest first."""
    statement = (
        select(TrailEntry)
        .where(TrailEntry.subject == subject, TrailEntry.subject_id == subject_id)
        .order_by(TrailEntry.id)
    )
    return session.scalars(statement).all()


def of_physicians(session: Session, name: str, indexes: Collection[str]) -> ColumnElement[bool]:
    """Match what concerns physicians of exactly this name or number, wherever they are."""
    with unscoped("entries are scoped themselves; an auditor sees them all, and no physician"):
        who = or_(Physician.name == name.strip(), Physician.id_index.in_(sorted(indexes)))
        ids = session.scalars(select(Physician.id).where(who).limit(_MOST_NAMESAKES)).all()
    return TrailEntry.physician_id.in_(ids)


def subject_choices() -> list[tuple[str, Any]]:
    """Offer what entries are about, each word once."""
    known: dict[str, Any] = {}
    for name, (word, _vocabulary) in SUBJECTS.items():
        if name != "identity":
            known[name] = word
    return list(known.items())


def about() -> ColumnElement[str]:
    """Give the expression that ``about_words`` reads."""
    number = func.coalesce(cast(TrailEntry.subject_id, String(20)), "")
    return TrailEntry.subject + _MARK + number


def about_words(value: str | None) -> str:
    """Write what an entry is about."""
    name, _mark, number = (value or "").partition(_MARK)
    word = str(SUBJECTS[name][0]) if name in SUBJECTS else name
    return f"{word} {number}".strip()


def state(column: Any) -> ColumnElement[str]:
    """Give the expression of a state that ``state_word`` reads; NULL where there is none."""
    expression: ColumnElement[str] = TrailEntry.subject + _MARK + column
    return expression


def state_word(value: str | None) -> str | None:
    """Write a state in the words of its vocabulary."""
    if value is None:
        return None
    subject, _mark, name = value.partition(_MARK)
    vocabulary = SUBJECTS.get(subject, (None, None))[1]
    if vocabulary is None or name not in vocabulary.__members__:
        return name
    return str(vocabulary[name].label)


def action_word(msgid: str | None) -> str:
    """Write what was done, stored as its untranslated word."""
    return _(msgid) if msgid else ""


def within_days(pair: tuple[date | None, date | None]) -> ColumnElement[bool]:
    """Match instants from the first to the last day, both included, as China counts days."""
    return within(TrailEntry.at, pair)


def within(column: Any, pair: tuple[date | None, date | None]) -> ColumnElement[bool]:
    """Match the instants of any column in the same way."""
    first, last = pair
    criterion: ColumnElement[bool] = column.is_not(None)
    if first is not None:
        criterion = criterion & (column >= _start(first))
    if last is not None:
        criterion = criterion & (column < _start(last + timedelta(days=1)))
    return criterion


def _start(day: date) -> datetime:
    return datetime.combine(day, time()) - CHINA

"""不合格情形 (art. 27): recorded against evidence while a body has the case; a person judges it.

An act on record makes an all-合格 opinion impossible: whoever thinks that it did not happen strikes
it off, and the trail keeps both.
"""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.enums import N_, AssessmentStatus, DisqualifyingActKind, Role, Verdict
from app.models import Assessment, DisqualifyingAct
from app.operations import recusals, trail
from app.operations.attachments import AttachmentRefused, examined
from app.operations.case_notes import NoteRefused
from app.periods import local_day
from app.security.actor import Actor

_CONTEXT = "disqualifying_act"
_SCOPE = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")
_HANDS = {
    Role.INSTITUTION: frozenset({AssessmentStatus.AWAITING_INSTITUTION}),
    Role.AGENCY: frozenset({AssessmentStatus.AWAITING_AGENCY, AssessmentStatus.AWAITING_VERDICT}),
}


def add(
    session: Session,
    case_id: int,
    *,
    kind: DisqualifyingActKind | None,
    occurred_on: date | None,
    found_by: str,
    document: str,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> DisqualifyingAct:
    """Record one act with its evidence.

    :raises NoteRefused: the case is not in the actor's hands, or something is missing or wrong.
    """
    case = _in_hands(session, case_id, actor=actor)
    if kind is None:
        raise NoteRefused(_l("请选择不合格情形。"), "act_kind")
    if occurred_on is None:
        raise NoteRefused(_l("请填写发生日期，例如2024-05-10。"), "act_occurred_on")
    if occurred_on > local_day(at):
        raise NoteRefused(_l("发生日期不能晚于今天。"), "act_occurred_on")
    words = [text.strip() for text in (found_by, document)]
    for text, name in zip(words, ("act_found_by", "act_document"), strict=True):
        if not text or len(text) > 255:
            raise NoteRefused(_l("请填写认定机关和文书编号，各不超过255字。"), name)
    try:
        file = examined(filename, content)
    except AttachmentRefused as refusal:
        raise NoteRefused(refusal.message, "act_file") from refusal
    row = DisqualifyingAct(
        kind=kind,
        occurred_on=occurred_on,
        found_by=words[0],
        document=words[1],
        recorded_at=at,
        recorded_by=actor.name,
        role=actor.role,
        **file.columns(),
        content=keyring().seal_bytes(file.content, context=_CONTEXT),
        assessment_id=case.id,
        **{name: getattr(case, name) for name in _SCOPE},
    )
    session.add(row)
    _log(session, case, row, "disqualifying_act", N_("登记不合格情形"), actor=actor, at=at)
    session.flush()  # a foreign row must surface here
    session.expire(case, ["disqualifying_acts"])
    return row


def strike(
    session: Session, case_id: int, *, act_id: int, reason: str, actor: Actor, at: datetime
) -> None:
    """Strike an act off a case, with why; none there is nothing to do.

    :raises NoteRefused: the case is not in the actor's hands, or the reason is missing.
    """
    case = _in_hands(session, case_id, actor=actor)
    why = reason.strip()
    if not why:
        raise NoteRefused(_l("请填写不予认定的原因。"))
    found = next((row for row in case.disqualifying_acts if row.id == act_id), None)
    if found is None:
        return
    label = N_("删除不合格情形")
    _log(session, case, found, "strike_act", label, actor=actor, at=at, reason=why[:500])
    session.delete(found)
    session.flush()
    session.expire(case, ["disqualifying_acts"])


def objection(case: Assessment, *, role: Role) -> LazyString | None:
    """Say why opinions cannot stand beside the acts on record, or None (art. 27)."""
    given = [row.verdict for row in case.opinions if row.role is role]
    if not case.disqualifying_acts or Verdict.FAIL in given:
        return None
    return _l(
        "已登记管理办法第二十七条规定的不合格情形，工作业绩或职业道德至少一项应评定为不合格；"
        "经核实不成立的，请先删除该情形。"
    )


def opened(row: DisqualifyingAct) -> bytes:
    """Give the evidence as it was stored, unsealed."""
    return keyring().open_bytes(row.content, context=_CONTEXT)


def in_hands(case: Assessment, *, actor: Actor) -> bool:
    """Say whether the actor's body has the case now."""
    return case.status in _HANDS.get(actor.role, ())


def _in_hands(session: Session, case_id: int, *, actor: Actor) -> Assessment:
    """Lock the case, so that nothing is added to one that is just being submitted."""
    case = session.get(Assessment, case_id, with_for_update=True, populate_existing=True)
    if case is None or not in_hands(case, actor=actor):
        raise NoteRefused(_l("只能由正在审核或复核的机构登记。请刷新页面查看当前状态。"))
    if (barred := recusals.bar(session, case, actor=actor)) is not None:
        raise NoteRefused(barred)
    return case


def _log(
    session: Session,
    case: Assessment,
    row: DisqualifyingAct,
    action: str,
    label: str,
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    words = f"{row.kind.value}（{row.occurred_on}，{row.found_by}，{row.document}）"
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="assessment",
        subject_id=case.id,
        action=action,
        label=label,
        comment=words if reason is None else f"{words}：{reason}",
        participation_id=case.participation_id,
        **{name: getattr(case, name) for name in _SCOPE},
    )

"""What the reviewing institution adds to a case: 多执业机构其它意见 and 执业行为记录."""

from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from app.enums import N_, AssessmentStatus, Role
from app.models import Assessment, ConductRecord, OutsideOpinion
from app.operations import recusals, trail
from app.periods import local_day
from app.refusals import Refusal
from app.security.actor import Actor

_SCOPE = ("province_id", "authority_path", "institution_id", "agency_id", "physician_id")


class NoteRefused(Refusal):
    """A note that may not be added; ``field`` is where it was typed, ``message`` says why."""


def add_outside_opinion(
    session: Session, case_id: int, *, place: str, content: str, actor: Actor, at: datetime
) -> OutsideOpinion:
    """Take down what another practice place says of the physician (manual 1.6, 1.7).

    The caller takes the step ``type_in`` on it, which says that it was given, and by whom.

    :raises NoteRefused: the case is not under the institution's review, or something is missing.
    """
    case = _under_review(session, case_id, actor=actor)
    row = OutsideOpinion(
        status_since=at,
        place=_required(place, 255, "outside_place", _l("请填写医疗卫生机构名称，不超过255字。")),
        content=_required(content, 1000, "outside_content", _l("请填写机构意见，不超过1000字。")),
        assessment_id=case.id,
        **_owner(case),
    )
    session.add(row)
    session.flush()  # a foreign row must surface here
    return row


def add_conduct_record(
    session: Session,
    case_id: int,
    *,
    is_good: bool | None,
    place: str,
    closed_on: date | None,
    outcome: str,
    actor: Actor,
    at: datetime,
) -> ConductRecord:
    """Record a 良好 or 不良 act of the physician with where, when and how it ended (art. 19, 20).

    :raises NoteRefused: the case is not under the institution's review, or something is missing.
    """
    case = _under_review(session, case_id, actor=actor)
    if is_good is None:
        raise NoteRefused(_l("请选择良好或不良执业行为记录。"), "conduct_kind")
    known_place = _required(
        place, 255, "conduct_place", _l("请填写医疗卫生机构名称，不超过255字。")
    )
    if closed_on is None:
        raise NoteRefused(_l("请填写结案时间，例如2024-05-10。"), "conduct_closed_on")
    if closed_on > local_day(at):
        raise NoteRefused(_l("结案时间不能晚于今天。"), "conduct_closed_on")
    row = ConductRecord(
        is_good=is_good,
        place=known_place,
        closed_on=closed_on,
        outcome=_required(outcome, 255, "conduct_outcome", _l("请填写处理结果，不超过255字。")),
        assessment_id=case.id,
        **_owner(case),
    )
    session.add(row)
    _log(session, case, N_("新增记录"), "conduct_record", row.outcome, actor=actor, at=at)
    session.flush()  # a foreign row must surface here
    return row


def remove(
    session: Session, case_id: int, *, kind: str, note_id: int, actor: Actor, at: datetime
) -> None:
    """Remove a record, or an opinion that was typed in here; none there is nothing to do.

    ``kind`` is "conduct_record" or "outside_opinion". What another institution has signed, or is
    asked for, stays.

    :raises NoteRefused: the case is not under the institution's review.
    """
    case = _under_review(session, case_id, actor=actor)
    rows: dict[str, list[Any]] = {
        "conduct_record": list(case.conduct_records),
        "outside_opinion": [
            row for row in case.outside_opinions if row.place_institution_id is None
        ],
    }
    found = next((row for row in rows.get(kind, ()) if row.id == note_id), None)
    if found is None:
        return
    words = found.outcome if isinstance(found, ConductRecord) else found.place
    _log(session, case, N_("删除记录"), f"remove_{kind}", words, actor=actor, at=at)
    session.delete(found)
    session.flush()  # the lists are read again in this transaction
    session.expire(case, ["conduct_records", "outside_opinions"])


def _under_review(session: Session, case_id: int, *, actor: Actor) -> Assessment:
    """Lock the case, so that nothing is added to one that is just being submitted."""
    case = session.get(Assessment, case_id, with_for_update=True, populate_existing=True)
    is_open = case is not None and case.status is AssessmentStatus.AWAITING_INSTITUTION
    if case is None or actor.role is not Role.INSTITUTION or not is_open:
        raise NoteRefused(_l("只能由医疗卫生机构在审核期间补充。请刷新页面查看当前状态。"))
    if (barred := recusals.bar(session, case, actor=actor)) is not None:
        raise NoteRefused(barred)
    return case


def _required(text: str, longest: int, field: str, message: LazyString) -> str:
    found = text.strip()
    if not found or len(found) > longest:
        raise NoteRefused(message, field)
    return found


def _owner(case: Assessment) -> dict[str, Any]:
    return {name: getattr(case, name) for name in _SCOPE}


def _log(
    session: Session,
    case: Assessment,
    label: str,
    action: str,
    comment: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="assessment",
        subject_id=case.id,
        action=action,
        label=label,
        comment=comment,
        participation_id=case.participation_id,
        **_owner(case),
    )

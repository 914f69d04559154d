"""逐项意见: what a reviewer says beside single fields when a registration goes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.enums import N_
from app.models import Assessment, Remark
from app.operations.registrations import SCOPE
from app.refusals import Refusal
from app.security.actor import Actor

LONGEST = 500
MOST = 5
FIELDS: Mapping[str, str] = {
    "phone": N_("手机号码"),
    "email": N_("电子邮箱"),
    "department_id": N_("科室"),
    "specialty_id": N_("从事专业"),
    "title_since": N_("职称取得时间"),
    "position": N_("职务"),
    "is_standard_trained": N_("规范化培训"),
    "experiences": N_("执业经历"),
    "has_good_record": N_("良好执业行为记录"),
    "has_bad_record": N_("不良执业行为记录"),
    "work": N_("工作业绩"),
    "ethics": N_("职业道德自评"),
    "procedure": N_("考核程序"),
    "simplified_ground": N_("申请简易程序的条件"),
    "provincial_ground": N_("本省规定的其他情形"),
    "statement": N_("个人述职"),
    "attachments": N_("附件"),
}
"""What may be remarked on: fields and parts of the form, in its order, with their words."""


class RemarkRefused(Refusal):
    """A remark that cannot be stored; ``message`` says why."""


@dataclass(frozen=True, slots=True)
class RemarkInput:
    """One remark as typed; ``field`` is a key of ``FIELDS``."""

    field: str
    text: str


def checked(typed: Sequence[tuple[str, str]]) -> list[RemarkInput]:
    """Read what was typed, blank rows left out.

    :raises RemarkRefused: an unknown field, a text without one or the other way round, too long.
    """
    found = []
    for field, text in ((field.strip(), text.strip()) for field, text in typed):
        if not field and not text:
            continue
        if field not in FIELDS:
            raise RemarkRefused(_l("请为每条逐项意见选择项目。"))
        if not text:
            raise RemarkRefused(_l("请填写所选项目的逐项意见。"))
        if len(text) > LONGEST:
            raise RemarkRefused(_l("逐项意见每条不能超过%(n)s字。", n=LONGEST))
        found.append(RemarkInput(field, text))
    return found


def record(
    session: Session,
    case: Assessment,
    given: Sequence[RemarkInput],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Store the remarks of a return, in place of those of an earlier one."""
    clear(session, case)
    session.add_all(
        Remark(
            role=actor.role,
            field=one.field,
            text=one.text,
            given_at=at,
            given_by=actor.name,
            assessment_id=case.id,
            **{name: getattr(case, name) for name in SCOPE},
        )
        for one in given
    )
    session.flush()  # the note of the step reads them back
    session.expire(case, ["remarks"])


def clear(session: Session, case: Assessment) -> None:
    """Remove the remarks of a case; the trail keeps their words."""
    session.execute(delete(Remark).where(Remark.assessment_id == case.id))
    session.expire(case, ["remarks"])


def summary(case: Assessment) -> str:
    """Put the remarks into one line for the trail."""
    return "；".join(f"{FIELDS[row.field]}：{row.text}" for row in case.remarks)

"""题库: questions are written and changed here; 审定 and 停用 are a workflow."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.enums import N_, AuthorityLevel, QuestionKind, QuestionStatus
from app.models import Authority, Question, QuestionGroup, QuestionImage
from app.operations import trail
from app.operations.attachments import AttachmentRefused, examined
from app.operations.question_facts import QuestionFacts
from app.refusals import Refusal
from app.security.actor import Actor

_GROUP_FACTS = frozenset({"group_code", "group_text"})


class QuestionRefused(Refusal):
    """A question that is not stored; ``field`` names what was typed wrong."""


def create(
    session: Session, facts: QuestionFacts, *, owner: Authority, actor: Actor, at: datetime
) -> Question:
    """Add a question to the bank of a province, in 待审题.

    :raises QuestionRefused: not a province, a number in use, or a 题组 that lacks its text.
    """
    if owner.level is not AuthorityLevel.PROVINCE:
        raise QuestionRefused(_l("题库由省级卫生行政部门建立。"))
    question = Question(
        written_at=at,
        written_by=actor.name,
        author_id=actor.account_id,
        **_owned(owner),
        **_values(facts),
    )
    question.code = facts.code or _next_code(session, owner)
    _refuse_known(session, owner, question.code)
    question.group_id = _group(session, facts, owner)
    session.add(question)
    session.flush()  # the entry of the trail names its id
    _log(session, question, "create", N_("新增试题"), None, actor=actor, at=at)
    return question


def change(
    session: Session,
    question: Question,
    facts: QuestionFacts,
    *,
    version: int,
    actor: Actor,
    at: datetime,
) -> None:
    """Store other facts of a question that is not reviewed; whoever changes it is its author.

    :raises QuestionRefused: it is reviewed or retired, or as for a new one.
    :raises StaleDataError: somebody changed it since ``version``.
    """
    if question.status is not QuestionStatus.DRAFT:
        raise QuestionRefused(_l("试题已审定或停用，请先退回修改。"))
    if question.version != version:
        raise StaleDataError(f"question {question.id} has left version {version}")
    owner = question.authority
    if facts.code and facts.code != question.code:
        _refuse_known(session, owner, facts.code)
        question.code = facts.code
    values = _values(facts)
    changed = [name for name, value in values.items() if getattr(question, name) != value]
    for name, value in values.items():
        setattr(question, name, value)
    question.group_id = _group(session, facts, owner)
    question.author_id, question.written_by, question.written_at = actor.account_id, actor.name, at
    session.flush()  # what is refused belongs to the form
    _log(session, question, "edit", N_("修改试题"), "、".join(changed), actor=actor, at=at)


def set_image(
    session: Session,
    question: Question,
    *,
    filename: str,
    content: bytes,
    at: datetime,
    actor: Actor,
) -> None:
    """Store the picture of a question in place of the one before.

    :raises QuestionRefused: not a picture, or the question is reviewed.
    """
    if question.status is not QuestionStatus.DRAFT:
        raise QuestionRefused(_l("试题已审定或停用，请先退回修改。"))
    try:
        file = examined(filename, content)
    except AttachmentRefused as refusal:
        raise QuestionRefused(refusal.message, field="image") from refusal
    if not file.content_type.startswith("image/"):
        raise QuestionRefused(_l("配图须为JPEG或PNG图片。"), field="image")
    image = question.image or QuestionImage(question_id=question.id, **_owned(question.authority))
    image.content, image.sha256 = file.content, sha256(file.content).hexdigest()
    session.add(image)
    session.flush()  # inside the form's transaction
    _log(session, question, "image", N_("上传配图"), None, actor=actor, at=at)


def facts_of(question: Question) -> QuestionFacts:
    """Read a question back."""
    names = QuestionFacts.__dataclass_fields__.keys() - _GROUP_FACTS
    values: dict[str, Any] = {name: getattr(question, name) for name in names}
    group = question.group
    return QuestionFacts(
        **values | {"options": tuple(question.options)},
        group_code=group.code if group is not None else None,
        group_text=group.text if group is not None else None,
    )


def _values(facts: QuestionFacts) -> dict[str, Any]:
    values = asdict(facts)
    for name in (*_GROUP_FACTS, "code"):
        del values[name]
    return values | {"options": list(facts.options)}


def _owned(owner: Authority) -> dict[str, Any]:
    return {
        "authority_id": owner.id,
        "authority_path": owner.path,
        "province_id": owner.province_id,
    }


def _next_code(session: Session, owner: Authority) -> str:
    """Give the next free number of the bank's own."""
    own = select(Question.code).where(Question.authority_id == owner.id, Question.code.like("T%"))
    taken = [int(code[1:]) for code in session.scalars(own) if code[1:].isdecimal()]
    return f"T{max(taken, default=0) + 1:06d}"


def _refuse_known(session: Session, owner: Authority, code: str) -> None:
    known = select(Question.id).where(Question.authority_id == owner.id, Question.code == code)
    if session.scalar(known) is not None:
        raise QuestionRefused(_l("题号“%(code)s”已存在，请更换。", code=code), field="code")


def _group(session: Session, facts: QuestionFacts, owner: Authority) -> int | None:
    """Find or make the 题组; its text may change as long as none of its questions is reviewed."""
    if not facts.group_code:
        return None
    own = QuestionGroup.authority_id == owner.id
    found = session.scalars(
        select(QuestionGroup).where(own, QuestionGroup.code == facts.group_code)
    ).first()
    if found is None:
        if facts.kind is QuestionKind.A3 and not facts.group_text:
            raise QuestionRefused(_l("新的题组须填写共用题干。"), field="group_text")
        found = QuestionGroup(code=facts.group_code, text=facts.group_text or "", **_owned(owner))
        session.add(found)
        session.flush()  # the question refers to its id
    elif facts.group_text and facts.group_text != found.text:
        reviewed = select(Question.id).where(
            Question.group_id == found.id, Question.status == QuestionStatus.REVIEWED
        )
        if session.scalar(reviewed.limit(1)) is not None:
            raise QuestionRefused(
                _l("题组“%(code)s”已有审定的试题，共用题干不能修改。", code=found.code),
                field="group_text",
            )
        found.text = facts.group_text
    return found.id


def _log(
    session: Session,
    question: Question,
    action: str,
    label: str,
    comment: str | None,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    scope: Mapping[str, Any] = {
        "province_id": question.province_id,
        "authority_path": question.authority_path,
    }
    trail.log(
        session, actor=actor, at=at, subject="question", subject_id=question.id, action=action,
        label=label, comment="：".join(filter(None, (question.code, comment))), **scope,
    )  # fmt: skip

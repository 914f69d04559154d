"""更正申请: a fact of a physician's identity is wrong; the institution corrects it against a proof.

The form checks the new value as the roster would; here it is kept as text (a word's name, a day as
YYYY-MM-DD), so that accepting stores exactly what was asked for.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.crypto import keyring
from app.enums import (
    N_,
    AssessmentStatus,
    Category,
    CorrectedField,
    IdType,
    PhysicianLevel,
    RequestStatus,
    Sex,
    Vocabulary,
)
from app.models import Account, Assessment, Correction, Identity, Physician
from app.operations import registry_links, trail
from app.operations.attachments import examined
from app.operations.physician_intake import id_index
from app.refusals import Refusal
from app.security.actor import Actor, unscoped
from app.security.id_numbers import birth_date_of, mask_id_number, sex_of

NUMBERS = frozenset(
    {CorrectedField.ID_NUMBER, CorrectedField.QUALIFICATION_CODE, CorrectedField.LICENCE_CODE}
)
"""What is masked wherever it is shown without a reason."""
_DECIDES_PROCEDURE = frozenset(
    {CorrectedField.LEVEL, CorrectedField.CATEGORY, CorrectedField.LICENSED_ON}
)
_WORDS: Mapping[CorrectedField, type[Vocabulary]] = {
    CorrectedField.SEX: Sex,
    CorrectedField.LEVEL: PhysicianLevel,
    CorrectedField.CATEGORY: Category,
}
_DAYS = frozenset(
    {CorrectedField.BIRTH_DATE, CorrectedField.LICENSED_ON, CorrectedField.FIRST_REGISTERED_ON}
)
_CONTEXT = "correction_file"
_OWNER = ("province_id", "authority_path", "institution_id")


class CorrectionRefused(Refusal):
    """A request that is not taken; ``field`` names what was typed wrong."""


def attribute(field: CorrectedField) -> str:
    """Give the name of the physician's column."""
    return field.name.lower()


def to_text(value: Any) -> str | None:
    """Write a fact as it is kept in a request."""
    if value is None or (isinstance(value, str) and not isinstance(value, Vocabulary)):
        return value
    return value.name if isinstance(value, Vocabulary) else str(value)


def from_text(field: CorrectedField, text: str | None) -> Any:
    """Read a fact that was kept in a request."""
    if text is None:
        return None
    if field in _WORDS:
        return _WORDS[field][text]
    return date.fromisoformat(text) if field in _DAYS else text


def closed(session: Session, physician: Physician) -> LazyString | None:
    """Say why nothing can be asked for here, or None: a linked province corrects in the registry."""
    with unscoped(
        "whether the province is linked decides for everybody, and nothing of it is shown"
    ):
        link = registry_links.of_province(session, province_id=physician.province_id)
    if link is None or not link.is_linked:
        return None
    return _l(
        "本省已与医师电子化注册系统对接，身份和注册信息请在注册系统中更正，更正后会自动同步。"
    )


def ask(
    session: Session,
    physician: Physician,
    *,
    field: CorrectedField,
    value: Any,
    reason: str,
    filename: str,
    content: bytes,
    actor: Actor,
    at: datetime,
) -> Correction:
    """Ask the institution to correct one fact; ``value`` is checked and of the column's type.

    :raises CorrectionRefused: nothing would change, or a request for the fact waits already.
    :raises AttachmentRefused: the proof is not taken.
    """
    refusal = closed(session, physician)
    if refusal is not None:
        raise CorrectionRefused(refusal)
    before = getattr(physician, attribute(field))
    if value == before:
        raise CorrectionRefused(_l("填写的内容与现有信息相同，无需申请更正。"), field="value")
    waiting = select(Correction.id).where(
        Correction.physician_id == physician.id,
        Correction.field == field,
        Correction.status == RequestStatus.AWAITING,
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise CorrectionRefused(
            _l("该项目已有待审核的更正申请，请等待本机构审核，或先撤回。"), field="field"
        )
    file = examined(filename, content)
    text = to_text(value)
    assert text is not None
    found = Correction(
        status_since=at,
        asked_at=at,
        field=field,
        old_value=to_text(before),
        value=text,
        reason=reason,
        **file.columns(),
        content=keyring().seal_bytes(file.content, context=_CONTEXT),
        physician_id=physician.id,
        **{name: getattr(physician, name) for name in _OWNER},
    )
    session.add(found)
    session.flush()  # the entry of the trail names its id
    _log(session, found, "ask", N_("申请更正"), str(field.value), actor=actor, at=at)
    return found


def opened(correction: Correction) -> bytes:
    """Give the proof as it was stored, unsealed."""
    return keyring().open_bytes(correction.content, context=_CONTEXT)


def objection(session: Session, correction: Correction) -> LazyString | None:
    """Say why a request cannot be accepted now, or None."""
    person = correction.physician
    if closed(session, person) is not None:
        return closed(session, person)
    if to_text(getattr(person, attribute(correction.field))) != correction.old_value:
        return _l("该医师的信息在申请之后已有变动，请驳回并由医师重新申请。")
    if correction.field in _DECIDES_PROCEDURE and _is_under_way(session, person):
        return _l(
            "该医师已提交考核报名信息，此项决定其考核程序和试卷。请先由隶属卫生行政部门驳回，再更正。"
        )
    if correction.field is CorrectedField.ID_NUMBER and _is_taken(session, correction):
        return _l("该证件号码已登记在其他医师名下，请核对证明材料。")
    return None


def apply(session: Session, correction: Correction, *, actor: Actor, at: datetime) -> None:
    """Make the physician's row say what was asked for, and what follows from it."""
    person, field = correction.physician, correction.field
    value = from_text(field, correction.value)
    before = person.id_index
    setattr(person, attribute(field), value)
    if field is CorrectedField.ID_NUMBER:
        person.id_index, person.id_masked = id_index(value), mask_id_number(value)
        if person.id_type is IdType.RESIDENT:
            person.birth_date = birth_date_of(value) or person.birth_date
            person.sex = sex_of(value) or person.sex
    session.flush()  # a number that was taken meanwhile must surface here
    if field in (CorrectedField.NAME, CorrectedField.ID_NUMBER):
        _rename_account(session, person, before=before, at=at)
    _log(session, correction, "correct", N_("更正"), str(field.value), actor=actor, at=at)


def log_reveal(
    session: Session, correction: Correction, *, reason: str, actor: Actor, at: datetime
) -> None:
    """Write down who saw the numbers of a request in full, and why."""
    _log(session, correction, "reveal", N_("查看完整号码"), reason, actor=actor, at=at)


def _is_under_way(session: Session, person: Physician) -> bool:
    statement = select(Assessment.id).where(
        Assessment.physician_id == person.id,
        Assessment.submitted_at.is_not(None),
        Assessment.status != AssessmentStatus.COMPLETED,
    )
    return session.scalar(statement.limit(1)) is not None


def _is_taken(session: Session, correction: Correction) -> bool:
    index = id_index(correction.value)
    with unscoped("a number is one person's, wherever that person is registered"):
        known = select(Physician.id).where(
            Physician.id_index == index, Physician.province_id == correction.province_id
        )
        account = select(Account.id).where(Account.username == index)
        return (
            session.scalar(known.limit(1)) is not None
            or session.scalar(account.limit(1)) is not None
        )


def _rename_account(session: Session, person: Physician, *, before: str, at: datetime) -> None:
    """The login name is the number: it changes with it. Hats in other provinces keep the account."""
    with unscoped("the account belongs to the person, not to the institution that corrects it"):
        owned = select(Identity.account_id).where(Identity.physician_id == person.id)
        values = {"first_name": person.name, "changed_on": at}
        if person.id_index != before:
            values["username"] = person.id_index
        session.execute(
            update(Account)
            .where(Account.id.in_(owned), Account.username == before)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def _log(
    session: Session,
    row: Correction,
    action: str,
    label: str,
    comment: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="correction",
        subject_id=row.id,
        action=action,
        label=label,
        comment=comment,
        physician_id=row.physician_id,
        **{name: getattr(row, name) for name in _OWNER},
    )

"""编辑 of authorities, institutions and agencies: what changed stands in the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.enums import N_, Vocabulary
from app.models import Agency, Authority, Institution
from app.operations import trail
from app.operations.bodies import BodyRefused
from app.security.actor import Actor
from app.security.id_numbers import uscc_problem

WORDS: Mapping[str, str] = {
    "name": N_("名称"),
    "uscc": N_("统一社会信用代码"),
    "licence_number": N_("医疗机构执业许可证登记号"),
    "kind": N_("机构类别"),
    "grade": N_("等级"),
    "ownership": N_("经营性质"),
    "beds": N_("床位数"),
    "head": N_("负责人"),
    "contact_person": N_("联系人"),
    "contact_phone": N_("联系电话"),
    "address": N_("地址"),
    "postcode": N_("邮政编码"),
    "may_apply_as_agency": N_("可申请考核机构"),
}
"""Columns a superior may edit, with their words."""


def change_body(
    session: Session,
    body: Authority | Institution | Agency,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Store new facts and log each that differs; nothing is logged when nothing does.

    :raises BodyRefused: a wrong 统一社会信用代码.
    """
    if "uscc" in values:
        problem = uscc_problem(values["uscc"])
        if problem is not None:
            raise BodyRefused(problem)
    changes = []
    for column, value in values.items():
        if column not in WORDS:
            raise BodyRefused(_l("不能修改该内容。"))
        before = getattr(body, column)
        if before != value:
            changes.append(f"{WORDS[column]}：{_text(before)}→{_text(value)}")
            setattr(body, column, value)
    if not changes:
        return
    session.flush()  # what is refused belongs to the form
    trail.log(
        session,
        actor=actor,
        at=at,
        subject=type(body).__tablename__,
        subject_id=body.id,
        action="edit",
        label=N_("修改机构信息"),
        comment="；".join(changes),
        province_id=body.province_id,
        authority_path=body.path if isinstance(body, Authority) else body.authority_path,
        institution_id=body.id if isinstance(body, Institution) else None,
        agency_id=body.id if isinstance(body, Agency) else None,
    )


def _text(value: Any) -> str:
    if value is None or value == "":
        return "（空）"
    if isinstance(value, Vocabulary):
        return value.value
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)

"""隶属调整 of an authority: it gets another superior of its province, and its whole tree goes along."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, inspect, select, update
from sqlalchemy.orm import Session

from app import models as m
from app.enums import N_, AuthorityLevel, BodyStatus
from app.operations import trail
from app.operations.superiors import COUNTED, Effect, SuperiorRefused, names_of, sides
from app.security import scoping
from app.security.actor import Actor, unscoped

_ABOVE = {
    AuthorityLevel.COUNTY: AuthorityLevel.CITY,
    AuthorityLevel.CITY: AuthorityLevel.PROVINCE,
}
_PATHS = ("path", "authority_path", "from_path")


def effect(session: Session, office: m.Authority, superior: m.Authority) -> Effect:
    """Say what would change; stores nothing.

    :raises SuperiorRefused: the authority cannot be the superior.
    """
    _check(office, superior)
    leaving, joining = sides(_above(office.path), superior.path)

    def number(model: Any, what: Any = None) -> int:
        below = model.authority_path.startswith(office.path, autoescape=True)
        statement = select(func.count(model.id if what is None else what)).where(below)
        return session.scalar(statement) or 0

    return Effect(
        leaving=names_of(session, leaving),
        joining=names_of(session, joining),
        institutions=number(m.Institution),
        physicians=number(m.Physician),
        cases=number(m.Assessment),
        accounts=number(m.Identity, m.Identity.account_id.distinct()),
    )


def reassign(
    session: Session,
    office: m.Authority,
    superior: m.Authority,
    *,
    reason: str | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Put an authority under another superior; the caller commits.

    Every row below it lies on the new path in the same transaction; appointments stay.

    :raises SuperiorRefused: another province or level, a stopped or the same superior, no reason.
    """
    _check(office, superior)
    if not reason:
        raise SuperiorRefused(_l("请填写调整原因。"), field="reason")
    old, old_name = office.path, office.parent.name if office.parent else ""
    new = f"{superior.path}{office.id}/"
    office.parent_id = superior.id
    session.flush()  # refused here when it is not the actor's to change
    with unscoped("both places were checked; the whole tree of the authority follows it"):
        for model in scoping.SCOPES:
            _follow(session, model, old, new)
        session.expire_all()
        for path in (_above(old), new):  # each side reads its own
            trail.log(
                session, actor=actor, at=at, subject="authority", subject_id=office.id,
                action="reassign", label=N_("隶属调整"),
                comment=f"{old_name}→{superior.name}；{reason}",
                province_id=office.province_id, authority_path=path,
            )  # fmt: skip
        session.flush()  # inside the block: the old place may be out of the actor's reach


def _check(office: m.Authority, superior: m.Authority) -> None:
    if superior.id == office.parent_id:
        raise SuperiorRefused(_l("该机构已隶属“%(name)s”。", name=superior.name))
    if superior.province_id != office.province_id or _ABOVE.get(office.level) is not superior.level:
        raise SuperiorRefused(_l("只能调整到本省的上一级卫生行政部门。"))
    if superior.status is not BodyStatus.ACTIVE:
        raise SuperiorRefused(_l("上级行政机构“%(name)s”已停用，请先启用。", name=superior.name))


def _above(path: str) -> str:
    """Cut the last step off a path."""
    return path.rstrip("/").rpartition("/")[0] + "/"


def _follow(session: Session, model: Any, old: str, new: str) -> None:
    if model in COUNTED:
        return
    for name in _PATHS:
        if name not in inspect(model).columns:
            continue
        column = getattr(model, name)
        moved = new + func.substr(column, len(old) + 1)
        below = column.startswith(old, autoescape=True)
        statement = update(model).where(below).values({name: moved})
        session.execute(statement.execution_options(synchronize_session=False))

"""注册系统对接 of a province: on or off, how far it has come, and what it closes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enums import N_, AuthorityLevel
from app.models import Authority, RegistryLink
from app.operations import trail
from app.periods import local_time
from app.refusals import Refusal
from app.security.actor import SYSTEM, Actor

REASON_MISSING = _l("请填写原因后再提交。")
_ERROR_LENGTH = 255


class LinkRefused(Refusal):
    """A link that may not be changed; ``message`` is in the user's words."""


class LinkOvertaken(RuntimeError):
    """Another run has taken this page in, or the link was changed meanwhile: fetch again."""


@dataclass(frozen=True, slots=True)
class LinkedProvince:
    """A linked province and where its synchronisation goes on."""

    province_id: int
    code: str
    name: str
    cursor: str | None
    synced_at: datetime | None


def of_province(session: Session, *, province_id: int | None) -> RegistryLink | None:
    """Give the link of a province, None where nothing was ever set."""
    if province_id is None:
        return None
    statement = select(RegistryLink).where(RegistryLink.province_id == province_id)
    return session.scalars(statement).one_or_none()


def intake_objection(session: Session, *, province_id: int | None) -> LazyString | None:
    """Say why nobody may be taken up by hand or from a file in a province, or None (manual 1.5).

    The rule of 新增医师 and 批量导入医师, whoever asks: a page, a command or a program.
    """
    return closed_by(of_province(session, province_id=province_id))


def closed_by(link: RegistryLink | None) -> LazyString | None:
    """Say the same of a link that was read already."""
    if link is None or not link.is_linked:
        return None
    if link.synced_at is None:
        return _l(
            "本省已对接医师电子化注册系统，所有医师信息均来自注册系统，不允许手动新增或导入医师。"
            "尚未同步过。"
        )
    return _l(
        "本省已对接医师电子化注册系统，所有医师信息均来自注册系统，不允许手动新增或导入医师。"
        "最近同步时间：%(time)s。",
        time=time_text(link.synced_at),
    )


def time_text(at: datetime) -> str:
    """Write an instant as a clock in China shows it."""
    return f"{local_time(at):%Y-%m-%d %H:%M}"


def set_link(
    session: Session,
    province: Authority,
    *,
    is_linked: bool,
    reason: str,
    actor: Actor,
    at: datetime,
) -> RegistryLink:
    """Switch the link of a province on or off; what was synchronised stays, and goes on from there.

    :raises LinkRefused: not a province, no reason, or it is so already.
    """
    if province.level is not AuthorityLevel.PROVINCE:
        raise LinkRefused(_l("只有省级卫生行政部门可以对接注册系统。"))
    if not reason.strip():
        raise LinkRefused(REASON_MISSING, field="reason")
    link = _locked(session, province.id)
    if link is None:
        link = RegistryLink(province_id=province.id, authority_path=province.path, is_linked=False)
        session.add(link)
    if link.is_linked is is_linked:
        raise LinkRefused(_l("对接状态已是所选状态，可能已由他人设置。请刷新页面后查看。"))
    link.is_linked = is_linked
    link.linked_at = at if is_linked else None
    session.flush()  # the entry of the trail names its id
    trail.log(
        session,
        actor=actor,
        at=at,
        subject="registry_link",
        subject_id=link.id,
        action="link" if is_linked else "unlink",
        label=N_("对接注册系统") if is_linked else N_("取消对接注册系统"),
        comment=reason.strip(),
        province_id=province.id,
        authority_path=province.path,
    )
    return link


def linked_provinces(session: Session, *, codes: Sequence[str] = ()) -> list[LinkedProvince]:
    """List the linked provinces, those with the given codes or all, the longest waiting first."""
    statement = (
        select(
            Authority.id,
            Authority.code,
            Authority.name,
            RegistryLink.cursor,
            RegistryLink.synced_at,
        )
        .join(RegistryLink, RegistryLink.province_id == Authority.id)
        .where(RegistryLink.is_linked)
        .order_by(RegistryLink.synced_at.is_not(None), RegistryLink.synced_at, Authority.code)
    )
    if codes:
        statement = statement.where(Authority.code.in_(codes))
    return [LinkedProvince(*row) for row in session.execute(statement)]


def advance(
    session: Session,
    *,
    province_id: int,
    before: str | None,
    after: str,
    is_last: bool,
    at: datetime,
) -> RegistryLink:
    """Move the cursor over one page, under the lock of the link, in the page's own transaction.

    :raises LinkOvertaken: the cursor is not where the page was asked from, or the link is off.
    """
    link = _locked(session, province_id)
    if link is None or not link.is_linked or link.cursor != before:
        raise LinkOvertaken(f"province {province_id}")
    link.cursor = after
    link.tried_at = at
    link.last_error = None
    if is_last:
        link.synced_at = at
    session.flush()  # the lock is held, the version moves now
    return link


def note_failure(session: Session, *, province_id: int, error: str, at: datetime) -> None:
    """Remember that a run failed, for the page of the link."""
    link = _locked(session, province_id)
    if link is not None:
        link.tried_at = at
        link.last_error = error[:_ERROR_LENGTH]
        session.flush()  # the version moves under the lock


def sync_actor(*, name: str = N_("医师电子化注册系统")) -> Actor:
    """Give who acts in a synchronisation: the clock, in the name of the registry."""
    return Actor(role=SYSTEM.role, name=SYSTEM.name, body=name)


def _locked(session: Session, province_id: int) -> RegistryLink | None:
    return session.scalars(
        select(RegistryLink)
        .where(RegistryLink.province_id == province_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()

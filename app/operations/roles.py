"""Roles made in pages: made, changed, deleted, granted and taken; each change holds at once.

Security and audit stay apart (separation of duties): nobody may both decide on permissions and
read or export the trail of it, whatever roles the permissions come from.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.enums import N_, Role
from app.models import Account, Identity, PageRoleScope, Setting, WebSession
from app.operations import hats, trail
from app.operations.account_trail import note
from app.queries import permissions
from app.queries.permissions import HOLDERS, PageRole
from app.refusals import Refusal
from app.security.actor import Actor, unscoped
from app.security.roles import Permission, grants

ROLE_VERSION = "role_version"
_LONGEST = 64
_SPEAKS_FOR_ALL = frozenset({("can_add", "ApiTokenView")})
"""A token reads what the whole role of the code may: no part of a role can hand one out."""


class RoleRefused(Refusal):
    """Something that may not be done with a role; ``field`` names the form's field."""


def decides_on_permissions(pairs: Iterable[Permission]) -> bool:
    """Tell whether somebody with these could change what people may do."""
    return any(
        view == "RoleView" or (verb, view) == ("can_grant", "AccountView") for verb, view in pairs
    )


def reads_the_trail(pairs: Iterable[Permission]) -> bool:
    """Tell whether somebody with these audits."""
    return any(view == "TrailView" for _verb, view in pairs)


def save_role(
    session: Session,
    role_id: int | None,
    *,
    name: str,
    rights: Iterable[int],
    base: Role | None = None,
    actor: Actor,
    at: datetime,
) -> Any:
    """Make a role, or change one for all who hold it.

    With a ``base`` it is given as a hat of its own that reaches the rows of that role of the code,
    and may permit only what that role permits; without one it is added to what somebody may.

    :raises RoleRefused: the name is taken or reserved, nothing is chosen, or security and audit
        would come together in the role or in somebody who holds it; or the base does not fit.
    """
    chosen = [row for row in permissions.rights(session) if row.id in set(rights)]
    _check_name(session, name, role_id=role_id)
    if not chosen:
        raise RoleRefused(_l("请至少选择一项权限。"), field="permissions")
    role = PageRole(name=name) if role_id is None else permissions.page_role(session, role_id)
    before = frozenset() if role_id is None else permissions.pairs_of(role)
    after = frozenset((row.permission.name, row.view_menu.name) for row in chosen)
    if decides_on_permissions(after) and reads_the_trail(after):
        raise RoleRefused(
            _l("同一角色不能同时具有权限管理和操作审计的权限（职责分离）。"), field="permissions"
        )
    old_base = None if role_id is None else permissions.bases(session).get(role_id)
    _check_base(session, role_id, old_base, base, after)
    people = [] if role_id is None else permissions.holders(session, role_id)
    for account_id in people:
        others = _held_besides(session, account_id, role_id=role_id)
        check_person(session, account_id, held=others | after)
    old_name, role.name = role.name, name
    role.permissions = chosen
    session.add(role)
    session.flush()  # the entry of the trail names its id
    if base is not old_base:
        session.execute(delete(PageRoleScope).where(PageRoleScope.role_id == role.id))
        if base is not None:
            session.add(PageRoleScope(role_id=role.id, base=base))
    _log(session, role.id, actor=actor, at=at, action="create" if role_id is None else "edit",
         label=N_("新增角色") if role_id is None else N_("修改角色"),
         comment=_change_text(old_name, name, before=before, after=after) + _base_text(base))  # fmt: skip
    raise_version(session)
    return role


def delete_role(session: Session, role_id: int, *, actor: Actor, at: datetime) -> None:
    """Delete a role made in pages and end the sessions of all who held it.

    :raises NoResultFound: there is none with this id.
    """
    role = permissions.page_role(session, role_id)
    people = permissions.holders(session, role_id)
    for account_id in people:
        _note_person(session, account_id, action="revoke_role", label=N_("收回角色"),
                     comment=role.name, actor=actor, at=at)  # fmt: skip
    session.execute(delete(HOLDERS).where(HOLDERS.c.role_id == role_id))
    hats.take_all_of(session, role_id, actor=actor, at=at)
    _log(session, role.id, actor=actor, at=at, action="delete", label=N_("删除角色"),
         comment=role.name)  # fmt: skip
    session.delete(role)
    session.flush()  # nobody is left who could refer to it
    _end_sessions(session, people)
    raise_version(session)


def set_roles(
    session: Session, account_id: int, role_ids: Iterable[int], *, actor: Actor, at: datetime
) -> None:
    """Grant an account exactly these roles made in pages, and end its sessions.

    :raises RoleRefused: one's own account, an unknown role, or security and audit in one person.
    """
    if account_id == actor.account_id:
        raise RoleRefused(_l("不能给自己授予或收回角色，请由另一位安全管理员办理。"))
    based = permissions.bases(session)
    known = {role.id: role for role in permissions.page_roles(session) if role.id not in based}
    wanted = set(role_ids)
    if not wanted <= set(known):
        raise RoleRefused(_l("所选角色不存在或已被删除，请刷新页面后重试。"), field="roles")
    present = permissions.held(session, [account_id])[account_id] & set(known)
    if wanted == present:
        return
    gone, new = present - wanted, wanted - present
    if new:
        pairs = frozenset(pair for one in wanted for pair in permissions.pairs_of(known[one]))
        check_person(session, account_id, held=pairs)
    if gone:
        session.execute(
            delete(HOLDERS).where(HOLDERS.c.user_id == account_id, HOLDERS.c.role_id.in_(gone))
        )
    if new:
        session.execute(
            insert(HOLDERS), [{"user_id": account_id, "role_id": one} for one in sorted(new)]
        )
    for action, label, ids in (
        ("grant_role", N_("授予角色"), new),
        ("revoke_role", N_("收回角色"), gone),
    ):
        if ids:
            names = "、".join(sorted(known[one].name for one in ids))
            _note_person(session, account_id, action=action, label=label, comment=names,
                         actor=actor, at=at)  # fmt: skip
    _end_sessions(session, [account_id])
    raise_version(session)


def raise_version(session: Session) -> None:
    """Make every web node read the roles anew."""
    row = session.get(Setting, ROLE_VERSION, with_for_update=True, populate_existing=True)
    if row is None:
        session.add(Setting(key=ROLE_VERSION, value="1"))
    else:
        row.value = str(int(row.value) + 1)
    session.flush()  # two at once must meet here


def _check_name(session: Session, name: str, *, role_id: int | None) -> None:
    if not name or len(name) > _LONGEST:
        raise RoleRefused(_l("角色名称不能为空，且不超过64个字。"), field="name")
    taken = session.scalar(select(PageRole.id).where(PageRole.name == name))
    if name in permissions.RESERVED or (taken is not None and taken != role_id):
        raise RoleRefused(_l("角色名称“%(name)s”已被使用，请更换名称。", name=name), field="name")


def check_person(session: Session, account_id: int, *, held: frozenset[Permission]) -> None:
    """Refuse what would bring security and audit together in one person, all hats counted.

    :raises RoleRefused: it would.
    """
    total = held | permitted(session, account_id)
    if decides_on_permissions(total) and reads_the_trail(total):
        raise RoleRefused(_l("同一人员不能同时具有权限管理和操作审计的权限（职责分离），未保存。"))


def check_hat(session: Session, account_id: int, *, brings: frozenset[Permission]) -> None:
    """Refuse a hat whose permissions bring security and audit together, added roles counted.

    :raises RoleRefused: they would.
    """
    check_person(
        session, account_id, held=brings | _held_besides(session, account_id, role_id=None)
    )


def permitted(session: Session, account_id: int) -> frozenset[Permission]:
    """Give what a person may do under any hat, whenever its term begins."""
    with unscoped("all hats of the person count; none is shown"):
        worn = session.execute(
            select(Identity.role, Identity.page_role_id).where(
                Identity.account_id == account_id, Identity.is_active
            )
        ).all()
    made = permissions.page_roles_by_id(session, {one for _role, one in worn if one is not None})
    return frozenset().union(
        *(
            grants(role) if one is None else permissions.pairs_of(made[one])
            for role, one in worn
            if one is None or one in made
        )
    )


def _check_base(
    session: Session,
    role_id: int | None,
    old: Role | None,
    base: Role | None,
    pairs: frozenset[Permission],
) -> None:
    if role_id is not None and base is not old and permissions.holder_counts(session).get(role_id):
        raise RoleRefused(_l("该角色已授予人员，不能更改数据范围；请新增角色。"), field="base")
    if base is None:
        return
    beyond = permissions.in_order((pairs - grants(base)) | (pairs & _SPEAKS_FOR_ALL))
    if beyond:
        said = "、".join(
            f"{permissions.view_word(view)}（{permissions.verb_word(verb)}）"
            for verb, view in beyond[:5]
        )
        raise RoleRefused(
            _l("以下权限超出所选数据范围的角色本身：%(rights)s。请取消勾选。", rights=said),
            field="permissions",
        )


def _base_text(base: Role | None) -> str:
    return "" if base is None else f"；{base.value}"


def _held_besides(
    session: Session, account_id: int, *, role_id: int | None
) -> frozenset[Permission]:
    ids = permissions.held(session, [account_id])[account_id] - {role_id}
    return frozenset(
        pair
        for role in permissions.page_roles(session)
        if role.id in ids
        for pair in permissions.pairs_of(role)
    )


def _change_text(
    old_name: str | None,
    name: str,
    *,
    before: frozenset[Permission],
    after: frozenset[Permission],
) -> str:
    parts = [name if old_name in (None, name) else f"{old_name}→{name}"]
    for sign, pairs in (("+", after - before), ("-", before - after)):
        parts += [f"{sign}{view}.{verb}" for verb, view in sorted(pairs)]
    return "；".join(parts)


def _log(
    session: Session,
    role_id: int,
    *,
    actor: Actor,
    at: datetime,
    action: str,
    label: str,
    comment: str,
) -> None:
    trail.log(session, actor=actor, at=at, subject="role", subject_id=role_id, action=action,
              label=label, comment=comment)  # fmt: skip


def _note_person(
    session: Session,
    account_id: int,
    *,
    action: str,
    label: str,
    comment: str,
    actor: Actor,
    at: datetime,
) -> None:
    with unscoped("the account whose roles change; its own bodies see the entry"):
        account = session.get_one(Account, account_id)
    note(session, account, action=action, label=label, comment=comment, actor=actor, at=at)


def _end_sessions(session: Session, account_ids: Iterable[int]) -> None:
    session.execute(delete(WebSession).where(WebSession.account_id.in_(list(account_ids))))

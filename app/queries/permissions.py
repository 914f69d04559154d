"""Who may do what, in words: roles of the code and roles made in pages × permission × row scope.

The framework's tables of roles are reached through the account: nothing here imports it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session, joinedload

from app import models as m
from app.enums import Role
from app.queries.permission_words import VERBS, VIEWS
from app.security import cells, scoping
from app.security.roles import Permission, declared

_relation: Any = inspect(m.Account).relationships["roles"]
PageRole: Any = _relation.mapper.class_
HOLDERS: Any = _relation.secondary  # columns user_id, role_id; neither is a scoped row
RightRow: Any = inspect(PageRole).relationships["permissions"].mapper.class_

_UNUSED = frozenset({"Admin", "Public"})  # the framework makes them; they grant nothing here
RESERVED = _UNUSED | {role.name for role in Role} | {role.value for role in Role}
"""Names a role made in pages may not have."""

_OWN: Mapping[str, Any] = {
    "institution_id": _l("本机构"),
    "agency_id": _l("本考核机构"),
    "physician_id": _l("本人"),
    "account_id": _l("本人"),
    "identity_id": _l("本人"),
    "authority_id": _l("本级"),
}


@dataclass(frozen=True, slots=True)
class Right:
    """One line of the matrix."""

    role: str
    role_word: Any
    is_builtin: bool
    view: str
    verb: str
    scope: str

    @property
    def view_word(self) -> Any:
        """The words of the page."""
        return view_word(self.view)

    @property
    def verb_word(self) -> Any:
        """The words of the permission."""
        return verb_word(self.verb)


def view_word(view: str) -> Any:
    """Give the words of a page."""
    return VIEWS[view][0] if view in VIEWS else view


def verb_word(verb: str) -> Any:
    """Give the words of a permission."""
    return VERBS.get(verb, verb.removeprefix("can_"))


def scope_text(role: Role, view: str) -> str:
    """Write which rows of a page a role sees, from the table of scopes."""
    model = VIEWS[view][1] if view in VIEWS else None
    if model is None:
        return str(_l("不涉及"))
    cell = scoping.SCOPES[model].get(role, cells.Nothing())
    return _cell_text(cell)


def _cell_text(cell: cells.Cell) -> str:
    if isinstance(cell, cells.AnyOf):
        return "、".join(dict.fromkeys(_cell_text(part) for part in cell.cells))
    if isinstance(cell, cells.Worn):
        return _cell_text(cell.cell)
    if isinstance(cell, cells.Own):
        return str(_OWN[cell.attribute])
    words = {
        cells.Everything: _l("全部"),
        cells.Nothing: _l("无"),
        cells.Below: _l("本级及下级"),
        cells.InProvince: _l("本省"),
        cells.Above: _l("上级"),
        cells.Entrusted: _l("受委托的机构"),
        cells.Announced: _l("上级已发布的公告"),
    }
    return str(words[type(cell)])


Made = Sequence[tuple[str, frozenset[Permission]]]


def made_in_pages(session: Session) -> Made:
    """Read the roles made in pages as plain values: (name, what it permits)."""
    return [(role.name, pairs_of(role)) for role in page_roles(session)]


def matrix(made: Made = ()) -> list[Right]:
    """List every permission of every role, those made in pages last; reads no database."""
    found = [
        Right(role.name, role.label, True, view, verb, scope_text(role, view))
        for role, pairs in declared().items()
        for verb, view in in_order(pairs)
    ]
    found += [
        Right(name, name, False, view, verb, str(_l("按账号身份")))
        for name, pairs in made
        for verb, view in in_order(pairs)
    ]
    return found


def in_order(pairs: Iterable[Permission]) -> list[Permission]:
    """Sort permissions by the menu."""
    views, verbs = list(VIEWS), list(VERBS)

    def rank(pair: Permission) -> tuple[int, str, int, str]:
        verb, view = pair
        return (
            views.index(view) if view in VIEWS else len(views),
            view,
            verbs.index(verb) if verb in VERBS else len(verbs),
            verb,
        )

    return sorted(pairs, key=rank)


def page_roles(session: Session) -> list[Any]:
    """List the roles made in pages, with their permissions."""
    statement = (
        select(PageRole)
        .where(PageRole.name.not_in(RESERVED))
        .options(joinedload(PageRole.permissions))
        .order_by(PageRole.name)
    )
    return list(session.scalars(statement).unique())


def page_role(session: Session, role_id: int) -> Any:
    """Give a role made in pages.

    :raises NoResultFound: there is none with this id.
    """
    statement = select(PageRole).where(PageRole.id == role_id, PageRole.name.not_in(RESERVED))
    return session.scalars(statement).unique().one()


def page_roles_by_id(session: Session, ids: Iterable[int]) -> dict[int, Any]:
    """Give roles made in pages by their id, with their permissions."""
    wanted = set(ids)
    return {role.id: role for role in page_roles(session) if role.id in wanted} if wanted else {}


def bases(session: Session) -> dict[int, Role]:
    """Give whose rows the roles made in pages reach that are hats of their own."""
    rows = session.execute(select(m.PageRoleScope.role_id, m.PageRoleScope.base))
    return {row[0]: row[1] for row in rows}


def pairs_of(role: Any) -> frozenset[Permission]:
    """Give what a role made in pages permits."""
    return frozenset((right.permission.name, right.view_menu.name) for right in role.permissions)


def rights(session: Session) -> list[Any]:
    """List the permissions that a role can be made of, in the order of the menu."""
    rows = session.scalars(
        select(RightRow).options(joinedload(RightRow.permission), joinedload(RightRow.view_menu))
    )
    known = {
        (row.permission.name, row.view_menu.name): row
        for row in rows
        if row.view_menu.name in VIEWS and row.permission.name.startswith("can_")
    }
    return [known[pair] for pair in in_order(known)]


def holders(session: Session, role_id: int) -> list[int]:
    """List the accounts that hold a role made in pages."""
    statement = select(HOLDERS.c.user_id).where(HOLDERS.c.role_id == role_id)
    return list(session.scalars(statement))


def holder_counts(session: Session) -> dict[int, int]:
    """Count the holders of each role, added to what they have or as a hat of its own."""
    added = select(HOLDERS.c.role_id, func.count()).group_by(HOLDERS.c.role_id)
    worn = (
        select(m.Identity.page_role_id, func.count())
        .where(m.Identity.is_active, m.Identity.page_role_id.is_not(None))
        .group_by(m.Identity.page_role_id)
    )
    found: dict[int, int] = {}
    for statement in (added, worn):
        for role_id, number in session.execute(statement):
            found[role_id] = found.get(role_id, 0) + number
    return found


def held(session: Session, account_ids: Sequence[int]) -> dict[int, set[int]]:
    """Give the ids of the roles that accounts hold."""
    found: dict[int, set[int]] = {account_id: set() for account_id in account_ids}
    statement = select(HOLDERS.c.user_id, HOLDERS.c.role_id).where(
        HOLDERS.c.user_id.in_(account_ids)
    )
    for account_id, role_id in session.execute(statement):
        found[account_id].add(role_id)
    return found

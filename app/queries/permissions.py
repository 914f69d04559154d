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
from app.security import cells, scoping
from app.security.roles import Permission, declared

_relation: Any = inspect(m.Account).relationships["roles"]
PageRole: Any = _relation.mapper.class_
HOLDERS: Any = _relation.secondary  # columns user_id, role_id; neither is a scoped row
RightRow: Any = inspect(PageRole).relationships["permissions"].mapper.class_

_UNUSED = frozenset({"Admin", "Public"})  # the framework makes them; they grant nothing here
RESERVED = _UNUSED | {role.name for role in Role} | {role.value for role in Role}
"""Names a role made in pages may not have."""

VIEWS: Mapping[str, tuple[Any, type[Any] | None]] = {
    "HomeView": (_l("首页"), None),
    "AccountPageView": (_l("安全设置"), m.Account),
    "RegistrationView": (_l("考核报名"), m.Registration),
    "InstitutionProfileView": (_l("本机构信息"), m.Institution),
    "DepartmentView": (_l("科室信息"), m.Department),
    "PhysicianView": (_l("医师列表"), m.Physician),
    "RosterImportView": (_l("医师名单导入"), m.RosterUpload),
    "DepartmentImportView": (_l("科室导入"), m.RosterUpload),
    "InstitutionImportView": (_l("医疗卫生机构导入"), m.RosterUpload),
    "ConductImportView": (_l("执业行为记录导入"), m.RosterUpload),
    "GeneralReviewView": (_l("一般程序审核"), m.Assessment),
    "SimplifiedReviewView": (_l("简易程序审核"), m.Assessment),
    "GeneralRecheckView": (_l("一般程序复核"), m.Assessment),
    "SimplifiedRecheckView": (_l("简易程序复核"), m.Assessment),
    "ExemptionView": (_l("免考申请"), m.Exemption),
    "DeferralView": (_l("延考申请"), m.Deferral),
    "ExemptionReviewView": (_l("免考审核"), m.Exemption),
    "ExemptionRecheckView": (_l("免考复核"), m.Exemption),
    "DeferralReviewView": (_l("延考审核"), m.Deferral),
    "DeferralRecheckView": (_l("延考复核"), m.Deferral),
    "ProgressView": (_l("考核进度"), m.Participation),
    "StatisticsView": (_l("考核统计"), m.Figure),
    "HoldUpView": (_l("滞后医师"), m.Assessment),
    "AttachmentView": (_l("附件"), m.Attachment),
    "EntrustedView": (_l("受委托机构"), m.Institution),
    "CycleView": (_l("考核周期"), m.Cycle),
    "AuthorityView": (_l("下级行政机构"), m.Authority),
    "InstitutionView": (_l("医疗卫生机构管理"), m.Institution),
    "AgencyView": (_l("考核机构管理"), m.Agency),
    "AppointmentView": (_l("考核机构指派"), m.Appointment),
    "MentorshipView": (_l("跟班带教"), m.Mentorship),
    "MentorshipChangeView": (_l("跟班带教修改申请"), m.MentorshipChange),
    "OwnMentorshipView": (_l("跟班带教"), m.Mentorship),
    "OwnPracticePlaceView": (_l("多机构执业备案"), m.PracticePlace),
    "PracticePlaceView": (_l("多机构执业备案审核"), m.PracticePlace),
    "OwnCorrectionView": (_l("更正申请"), m.Correction),
    "CorrectionView": (_l("更正申请审核"), m.Correction),
    "TransferRequestView": (_l("调入调出"), m.TransferRequest),
    "OutsideOpinionView": (_l("多执业机构意见"), m.OutsideOpinion),
    "OwnRecusalView": (_l("回避申请"), m.Recusal),
    "RecusalView": (_l("回避审核"), m.Recusal),
    "DisqualifyingActView": (_l("不合格情形"), m.DisqualifyingAct),
    "PortraitView": (_l("头像"), m.Portrait),
    "AgencyApplicationView": (_l("申请考核机构"), m.AgencyApplication),
    "AgencyApplicationReviewView": (_l("考核机构审批"), m.AgencyApplication),
    "AccountView": (_l("账号管理"), m.Identity),
    "RoleView": (_l("角色管理"), None),
    "PermissionView": (_l("权限查询"), None),
    "TrailView": (_l("操作审计"), m.TrailEntry),
    "SubjectView": (_l("诊疗科目"), None),
    "StepView": (_l("办理操作"), None),
    "ApiTokenView": (_l("接口令牌"), m.ApiToken),
    "WebhookView": (_l("状态推送"), m.WebhookEndpoint),
    "RegistryConflictView": (_l("待匹配"), m.RegistryConflict),
    "RegistryLinkView": (_l("注册系统对接"), m.RegistryLink),
    "MessageView": (_l("消息"), m.Message),
    "AnnouncementView": (_l("公告"), m.Announcement),
    "AnnouncementReadingView": (_l("阅读情况"), m.AnnouncementReading),
    "JobView": (_l("任务"), m.Job),
}
"""Every page with its words and the rows it shows; None: rows of nobody, or of several kinds."""

VERBS: Mapping[str, Any] = {
    "can_list": _l("查看列表"),
    "can_show": _l("查看"),
    "can_see": _l("查看"),
    "can_add": _l("新增"),
    "can_edit": _l("编辑"),
    "can_delete": _l("删除"),
    "can_export": _l("导出"),
    "can_plain_export": _l("导出完整号码"),
    "can_use": _l("使用"),
    "can_case": _l("查看考核"),
    "can_note": _l("录入其他意见"),
    "can_reveal": _l("查看完整证件号码"),
    "can_away": _l("登记离岗"),
    "can_reset": _l("重置密码"),
    "can_stop": _l("停用、启用"),
    "can_grant": _l("授予角色"),
    "can_download": _l("下载"),
    "can_upload": _l("上传"),
    "can_fire": _l("办理"),
    "can_remind": _l("提醒"),
    "can_batch": _l("批量通过"),
    "can_revoke": _l("作废"),
    "can_resend": _l("重新发送"),
    "can_link": _l("设置对接"),
    "can_read": _l("阅读"),
    "can_prefer": _l("消息设置"),
    "can_confirm": _l("确认阅读"),
    "can_publish": _l("发布、撤回"),
    "can_cancel": _l("取消任务"),
    "can_declare": _l("声明回避"),
}

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
        for verb, view in _sorted(pairs)
    ]
    found += [
        Right(name, name, False, view, verb, str(_l("按账号身份")))
        for name, pairs in made
        for verb, view in _sorted(pairs)
    ]
    return found


def _sorted(pairs: Iterable[Permission]) -> list[Permission]:
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
    return [known[pair] for pair in _sorted(known)]


def holders(session: Session, role_id: int) -> list[int]:
    """List the accounts that hold a role made in pages."""
    statement = select(HOLDERS.c.user_id).where(HOLDERS.c.role_id == role_id)
    return list(session.scalars(statement))


def holder_counts(session: Session) -> dict[int, int]:
    """Count the holders of each role."""
    statement = select(HOLDERS.c.role_id, func.count()).group_by(HOLDERS.c.role_id)
    return {row[0]: row[1] for row in session.execute(statement)}


def held(session: Session, account_ids: Sequence[int]) -> dict[int, set[int]]:
    """Give the ids of the roles that accounts hold."""
    found: dict[int, set[int]] = {account_id: set() for account_id in account_ids}
    statement = select(HOLDERS.c.user_id, HOLDERS.c.role_id).where(
        HOLDERS.c.user_id.in_(account_ids)
    )
    for account_id, role_id in session.execute(statement):
        found[account_id].add(role_id)
    return found

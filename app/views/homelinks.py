"""常用功能: the pages of somebody's menu with a line about each, for roles that nothing waits for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from app.views import paths
from app.views.menu import MENU, Entry

ABOUT: Mapping[str, Any] = {
    "DepartmentView": _l("各医疗卫生机构的科室及关联诊疗科目"),
    "PhysicianView": _l("医师名单及参加考核情况"),
    "ProgressView": _l("按考核程序、考核状态查询医师的考核进度"),
    "ConclusionView": _l("考核机构报送的考核结果，备案后发证"),
    "CertificateView": _l("合格证书的发放、补发、撤销和下载"),
    "ObjectionView": _l("对考核结果的复核申请及答复"),
    "RemedyView": _l("考核不合格医师的暂停执业、培训和再次考核"),
    "CycleView": _l("考核周期的起止日期、考核安排和考核规则"),
    "AuthorityView": _l("下级卫生行政机构的资料和账号"),
    "InstitutionView": _l("医疗卫生机构的资料和账号"),
    "AgencyView": _l("考核机构的资料和账号"),
    "AppointmentView": _l("为医疗卫生机构指派考核机构"),
    "AccountView": _l("账号的状态、角色和最近登录"),
    "RoleView": _l("各角色的权限，以及自行设置的角色"),
    "PermissionView": _l("按角色和页面查询权限，可导出"),
    "TrailView": _l("何人何时做了何事，可导出"),
    "SubjectView": _l("国家诊疗科目名录"),
    "AnnouncementView": _l("向下级单位和医师发布公告，查看阅读情况"),
}


def links(access: Callable[[str, str], bool]) -> list[dict[str, Any]]:
    """Give the entries that ``access(permission, view)`` allows, in the menu's order."""
    return [
        {
            "label": entry.label,
            "about": ABOUT[entry.view],
            "url": paths.to(f"{entry.view}.{entry.method}"),
        }
        for entry in _leaves(MENU)
        if entry.view in ABOUT and access(entry.permission, entry.view)
    ]


def _leaves(entries: Sequence[Entry]) -> Iterator[Entry]:
    for entry in entries:
        yield from _leaves(entry.children) if entry.children else (entry,)
